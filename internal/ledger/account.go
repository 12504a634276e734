package ledger

import (
	"regexp"
	"strings"
)

// Account names one account of the chart, such as "liability:artisan:art_…:held".
type Account string

// The trust-wide accounts.
const (
	Stripe  Account = "asset:stripe"
	Running Account = "trust:running"
	Fund    Account = "trust:fund"
	// Material is cloth and thread that the trust holds, at cost.
	Material Account = "asset:material"
)

// Bank is the trust's bank account with that id.
func Bank(id string) Account { return Account("asset:bank:" + id) }

// Till is a box of cash.
func Till(id string) Account { return Account("asset:till:" + id) }

// Stock is a lot of the trust's own, at its cost.
func Stock(lot string) Account { return Account("asset:stock:" + lot) }

// Receivable is what somebody else must still pay on an order.
func Receivable(order string) Account { return Account("asset:receivable:" + order) }

// Unidentified is money that arrived and that a person must place.
func Unidentified(receipt string) Account { return Account("liability:unidentified:" + receipt) }

// Subsidy is money set aside from the fund for coupons of one name.
func Subsidy(name string) Account { return Account("trust:subsidy:" + name) }

// What was lost, which two people close to the fund: pieces that were spoiled,
// what buyers never paid, cash that was short, pieces that nobody found.
const (
	WrittenOff Account = "loss:written_off"
	BadDebt    Account = "loss:bad_debt"
	LostTill   Account = "loss:till"
	Missing    Account = "loss:missing"
)

// Deposit is what a buyer has paid on an order that is not yet dispatched.
func Deposit(order string) Account { return Account("liability:deposit:" + order) }

// Refund is what is owed back to the buyer of an order.
func Refund(order string) Account { return Account("liability:refund:" + order) }

// Held is what an artisan has earned that is not yet payable.
func Held(artisan string) Account { return artisanAccount(artisan, "held") }

// Payable is what an artisan is owed now.
func Payable(artisan string) Account { return artisanAccount(artisan, "payable") }

// Claimed is what a submitted run has set aside for an artisan.
func Claimed(artisan string) Account { return artisanAccount(artisan, "claimed") }

// InTransit is what the bank has been told to pay an artisan.
func InTransit(artisan string) Account { return artisanAccount(artisan, "in_transit") }

// Advance is what an artisan was given before her work and has not worked off.
func Advance(artisan string) Account { return Account("asset:advance:" + artisan) }

// TDS is tax deducted at source, by nature of the payment.
func TDS(nature string) Account { return Account("liability:tds:" + nature) }

// Group is what a group's members gave it through the trust: savings or loan.
func Group(group, kind string) Account { return Account("liability:group:" + group + ":" + kind) }

// GroupInTransit is what the bank has been told to pay a group of it.
func GroupInTransit(group string) Account { return Group(group, "in_transit") }

// Supplier is what is owed to a supplier for bills.
func Supplier(id string) Account { return Account("liability:supplier:" + id) }

// Head is a cost head: material, packing, shipping, fee or rounding.
func Head(name string) Account { return Account("head:" + name) }

// GST is a tax collected under a registration: cgst, sgst or igst.
func GST(registration, tax string) Account {
	return Account("liability:gst:" + registration + ":" + tax)
}

// GSTCredit is input tax of a registration.
func GSTCredit(registration, tax string) Account {
	return Account("asset:gst_credit:" + registration + ":" + tax)
}

func artisanAccount(artisan, part string) Account {
	return Account("liability:artisan:" + artisan + ":" + part)
}

var chart = regexp.MustCompile(`^(` + strings.Join([]string{
	`asset:stripe`, `asset:(bank|till|receivable|stock|advance):[a-z0-9_]+`, `asset:material`,
	`asset:gst_credit:[a-z0-9_]+:(cgst|sgst|igst)`,
	`liability:(deposit|refund|unidentified|supplier):[a-z0-9_]+`,
	`liability:artisan:[a-z0-9_]+:(held|payable|claimed|in_transit)`,
	`liability:group:[a-z0-9_]+:(savings|loan|in_transit)`,
	`liability:gst:[a-z0-9_]+:(cgst|sgst|igst)`, `liability:tds:[a-z0-9_]+`,
	`head:(material|packing|shipping|fee|rounding)`,
	`trust:(running|fund|subsidy:[a-z0-9_]+)`,
	`loss:(bad_debt|till|missing|written_off)`,
}, "|") + `)$`)

var kept = regexp.MustCompile(`^(liability:(artisan|deposit|refund|unidentified|group):|asset:(stock|till|receivable|advance):)`)

// Known reports whether the account stands in the chart.
func (a Account) Known() bool { return chart.MatchString(string(a)) }

// keeps reports whether one owner writes the account, so that its balance is kept.
func (a Account) keeps() bool { return kept.MatchString(string(a)) }

// payableTo is the artisan whose payable account this is, or nil.
func (a Account) payableTo() *string {
	rest, ok := strings.CutPrefix(string(a), "liability:artisan:")
	if !ok {
		return nil
	}
	artisan, ok := strings.CutSuffix(rest, ":payable")
	if !ok {
		return nil
	}
	return &artisan
}
