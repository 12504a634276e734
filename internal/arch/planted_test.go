package arch_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planted are bugs, one per guard: what stands in a file, what a careless hand
// would make of it, and the tests that must turn red.
var planted = []struct{ name, file, is, becomes, pkg, run string }{
	{"a payment is captured twice", "orders/capture.go", `WHERE id = $5 AND state NOT IN ('captured', 'unidentified')`, `WHERE id = $5`, "./orders", "FiveEvents|Declined"},
	{"an order cancelled by its buyer comes back with late money", "orders/capture.go", `o.State == Cancelled && o.EndedBecause != EndedExpired`, `false`, "./orders", "LateMoney"},
	{"another amount settles an order", "orders/bankline.go", `AND state IN ('pending', 'failed') AND amount_paise = $2`, `AND state IN ('pending', 'failed') AND $2 > 0`, "./orders", "Transfers"},
	{"the same statement is entered twice", "orders/bankline.go", `l.Twin = seen[key]`, `l.Twin = int(time.Now().UnixNano())`, "./orders", "Transfers"},
	{"refunds are not counted against the payment", "orders/refund.go", `SET refunding_paise = refunding_paise + $1`, `SET refunding_paise = refunding_paise + 0 * $1`, "./orders", "CancelledBefore"},
	{"a lost refund is sent again under a new key", "orders/refund.go", `payment.RefundInput{Key: r.ID, RefundID: r.ID, IntentID: intent, Amount: r.Amount, Again: again}`, `payment.RefundInput{Key: r.ID + time.Now().String(), RefundID: r.ID, IntentID: intent, Amount: r.Amount, Again: again && r.Tries > 99}`, "./orders", "AnswerIsLost"},
	{"a dispute does not hold the release", "orders/sweep.go", `o.dispute = 'open'`, `o.dispute = 'never'`, "./orders", "Disputes"},
	{"a dispute freezes more than there is", "orders/dispute.go", `amount := min(c.Paise, max(0, -balance))`, `amount := c.Paise + 1 + 0*balance`, "./orders", "Disputes"},
	{"a lost dispute is nobody's loss", "orders/dispute.go", `e.Debit(ledger.Fund, left, tags)`, `e.Debit(ledger.Running, left, tags)`, "./orders", "Disputes"},
	{"a dispute that comes first is forgotten", "orders/dispute.go", "if err := captured(tx, p, arrival{amount: p.Amount, account: ledger.Stripe, actor: gateway, providerID: &e.IntentID}); err != nil {\n		return err\n	}", "", "./orders", "FiveEvents"},
	{"a disputed order is sent", "orders/fulfil.go", `o.Dispute == DisputeOpen || o.Dispute == DisputeLost`, `false`, "./orders", "Disputes"},
	{"cancelled pieces stay reserved", "orders/cancel.go", "		if a.LotID != \"\" {\n			if err := catalog.Unreserve(tx, a.LotID, take); err != nil {\n				return err\n			}\n		}\n		if err := divide(tx, a, take)", "		if err := divide(tx, a, take)", "./orders", "CancelledBefore"},
	{"the fund gives before the running cost", "orders/coupon.go", `{catalog.Trust, "running"}, {catalog.Trust, "fund"}`, `{catalog.Trust, "fund"}, {catalog.Trust, "running"}`, "./orders", "Coupons"},
	{"a coupon is not spread to the paisa", "orders/coupon.go", `{{more, each + 1}, {p.quantity - more, each}}`, `{{more, each}, {p.quantity - more, each}}`, "./orders", "Coupons"},
	{"a coupon's limit is only read", "orders/coupon.go", `WHERE id = $1 AND used < uses_limit`, `WHERE id = $1`, "./orders", "Coupons|AsOften"},
	{"tax of the seller's State everywhere", "orders/price.go", `interState: o.Address.State != o.SellerState`, `interState: false`, "./orders", "NoNews|Documents"},
	{"delivery is taxed at one rate", "orders/price.go", `taxable, err := gst.Within(charge, g.rate)`, `taxable, err := gst.Within(charge, 1800)`, "./orders", "Delivery"},
	{"carriage is charged twice", "orders/price.go", `if !carried(p.offer.Card.Heads) {`, `if true {`, "./orders", "Delivery"},
	{"the makers give back what was not their fault", "orders/takeback.go", `return s.Artisan != c.in.AtFault`, `return false`, "./orders", "WhoBears"},
	{"the running cost bears what the fund should", "orders/takeback.go", "case s.Kind == catalog.Cost: // packing, shipping and fee are spent\n		return ledger.Fund", "case s.Kind == catalog.Cost: // packing, shipping and fee are spent\n		return ledger.Running", "./orders", "WhoBears|RoundTwenty"},
	{"pieces that come back in parts are others than at once", "orders/takeback.go", `takeInPiece(tx, actor, o, c, from+k)`, `takeInPiece(tx, actor, o, c, k)`, "./orders", "ReturnsInParts"},
	{"a release forgets for what work it is", "orders/sweep.go", `Artisan: h.Artisan, Nature: h.Nature}`, `Artisan: h.Artisan, Nature: "wage"}`, "./openbooks", "MonthsOfTheWhole"},
	{"the gateway's fee is noted and not entered", "orders/event.go", `n == 0 || intent.Fee+intent.FeeGST == 0`, `n >= 0 || intent.Fee+intent.FeeGST == 0`, "./openbooks", "MonthsOfTheWhole"},
	{"a refund that came back after weeks is listed for ever", "orders/reconcile.go", `gone[name], returned = 0, append(returned, name)`, `returned = append(returned, name)`, "./orders", "CameBackAgrees"},
	{"a refund that came back is held for paid", "orders/reconcile.go", `AND f.reference = '' AND f.state = 'paid'`, `AND f.reference = '' AND f.paid_at IS NOT NULL`, "./orders", "CameBackAgrees"},
	{"a refund in doubt is not looked up during a dispute", "orders/refund.go", `(state <> 'due' OR NOT EXISTS (SELECT 1 FROM disputes`, `(NOT EXISTS (SELECT 1 FROM disputes`, "./orders", "InDoubt"},
	{"a refund that a dispute overtook is given up", "orders/refund.go", `case errors.Is(err, payment.ErrDisputed) && again:`, `case errors.Is(err, payment.ErrDisputed) && r.Tries > 99:`, "./orders", "InDoubt"},
	{"a price in words is no bound", "catalog/find.go", `Found{Asked: search.Understand(q)}`, `Found{Asked: q}`, "./storefront", "AskedInWords"},
	{"what only begins alike comes first", "internal/search/found.go", `err = e.lift(ctx, key.closest, 4, hits)`, `err = e.lift(ctx, key.closest, 0, hits)`, "./internal/search", "WhatWasMeant"},
	{"an edition that is over is edited", "catalog/edit.go", `case p.Edition != in.Edition:`, `case p.Edition < in.Edition:`, "./catalog", "WhoSaidWhat"},
	{"a code is changed under its price card", "catalog/edit.go", `if in.Facts.HSN != p.HSN && v.Card != nil {`, `if in.Facts.HSN != p.HSN && v.Card == nil {`, "./catalog", "CannotBeEdited"},
	{"a part of the pieces is left out of the map", "catalog/published.go", `AND id > $1 AND ($2 = '' OR id <= $2)`, `AND id > $1 AND ($2 = '' OR id < $2)`, "./catalog", "PublishedInParts"},
	{"pieces come back twice", "orders/returns.go", `take := min(left, a.Pieces-a.Returned-asked[a.ID])`, `take := min(left, a.Pieces-0*asked[a.ID])`, "./orders", "WhoBears"},
	{"a piece comes back after the window", "orders/returns.go", `if !shop && tx.Now() > s.returnableUntil(a) {`, `if false {`, "./orders", "ReturnWindow"},
	{"a made piece comes back for its size", "orders/returns.go", `if line.MadeToOrder && !in.Reason.ours() {`, `if false {`, "./orders", "ReturnWindow"},
	{"an exchange for any piece", "orders/returns.go", `o.ProductID != line.ProductID ||`, ``, "./orders", "Exchanged"},
	{"makers are paid for a returned piece again", "catalog/split.go", `if lot.Lot != "" {`, `if false {`, "./orders", "RoundTwenty|GoesRound"},
	{"what the trust's own piece cost is forgotten", "catalog/split.go", `p.fund -= lacking`, `p.fund -= 0 * lacking`, "./catalog", "ReturnedLot"},
	{"what a commissioned piece leaves over is the fund's", "catalog/split.go", `if lacking < 0 && makers {`, `if lacking < 0 && makers && p.fund < 0 {`, "./catalog", "CommissionedLot"},
	{"who hands work in accepts it", "workshop/accept.go", `case h.HandedBy == actor.Principal():`, `case h.HandedBy == "nobody":`, "./workshop", "WhenTheWorkPasses"},
	{"more pieces are handed in than the job has", "workshop/accept.go", `st.Passed+st.Waiting+in.Pieces > j.Pieces`, `in.Pieces > 100_000`, "./workshop", "JobsThatAreRefused"},
	{"a job ends with more good pieces than passed", "workshop/accept.go", `st.Passed < in.Good`, `st.Passed < 0`, "./workshop", "WhenTheWorkPasses"},
	{"pieces accepted in parts are rounded each time", "workshop/accept.go", `weights := make([]int64, len(st.Makers))`, `st.SinceChange = 0; weights := make([]int64, len(st.Makers))`, "./workshop", "AnyParts"},
	{"who proposes a change agrees to it", "workshop/change.go", `if c.ProposedBy == actor.Principal() {`, `if c.ProposedBy == "" {`, "./workshop", "TwoPeople"},
	{"a change of what holds no more is agreed to", "workshop/change.go", `if !same || had != len(now.makers) {`, `if !same && had < 0 {`, "./workshop", "TwoPeople"},
	{"a group is paid what a run may still give back", "payouts/transfer.go", `return max(0, -balance-open), err`, `return max(0, -balance-0*open), err`, "./payouts", "GroupGetsItsMoneyOnce"},
	{"she is paid through a group that she has not agreed to", "payouts/reckon.go", `if g := s.through[artisan]; g != "" {`, `if g := s.member[artisan]; g != "" {`, "./payouts", "MembersArePaid"},
	{"a bank answers for one of those paid together", "payouts/answer.go", `if err == nil && i.Group != "" {`, `if err == nil && i.Group == "none" {`, "./payouts", "MembersArePaid"},
	{"cash comes out of the bank", "payouts/answer.go", `	if cash {`, `	if !cash {`, "./payouts", "InCash"},
	{"a run for a group pays everybody", "payouts/prepare.go", `AND ($4 = '' OR EXISTS`, `AND ($4 = '' OR $4 <> '' OR EXISTS`, "./payouts", "AreaOrAGroup"},
	{"a reversal uses up another order's credit", "payouts/preview.go", `if p.Order != "" {`, `if p.Order == "none" {`, "./payouts", "EachRupee"},
	{"a returned piece costs nothing", "catalog/back.go", `lot, old.VariantID, "R-"+lot[len(lot)-10:], kind, owner, in.Cost,`, `lot, old.VariantID, "R-"+lot[len(lot)-10:], kind, owner, 0,`, "./orders", "GoesRound|WhoBears"},
	{"one person writes off", "catalog/back.go", `if w.ProposedBy == actor.String() {`, `if false {`, "./orders", "Delivery"},
	{"a set ignores how many of a part it holds", "orders/price.go", `quantity: in.Quantity * p.Pieces`, `quantity: in.Quantity`, "./orders", "ASetShares"},
	{"a set is sold when a part is gone", "catalog/set.go", `n = min(n, p.Free/p.Pieces)`, `n = max(n, p.Free/p.Pieces)`, "./orders", "ASetShares"},
	{"a credit note has another quantity", "orders/document.go", "				pieces[at.line] += n", "				pieces[at.line] += n + 1", "./orders", "WhoBears|Mirror"},
	{"numbers have gaps", "orders/number.go", `no := last + int64(i) + 1`, `no := last + int64(i) + 2`, "./orders", "WithoutGaps"},
	{"a credit note is numbered before its invoice", "orders/number.go", "		if !r.Ready {\n			break\n		}\n", "", "./orders", "WithoutGaps"},
	{"documents are numbered without a GST number", "orders/number.go", ` AND r.gstin <> ''`, ``, "./orders", "WithoutGaps"},
	{"another shopper sees an order", "orders/read.go", `own := actor.GuestHash != "" && actor.GuestHash == row.AccessHash`, `own := actor.GuestHash != ""`, "./orders", "CancelledBefore|ReturnWindow"},
	{"asking keeps the pieces longer", "orders/pay.go", `until := s.settings.hold(method, o.PlacedAt)`, `until := s.settings.hold(method, tx.Now())`, "./orders", "ChangingTheMethod"},
	{"saying it twice keeps the pieces longer", "orders/pay.go", ` AND reference IS NOT NULL AND claimed_at IS NULL`, ` AND reference IS NOT NULL`, "./orders", "NotExtended"},
	{"money owed back is paid beside a lost dispute", "orders/dispute.go", `WHERE payment_id = $1 AND state IN ('due', 'failed')`, `WHERE payment_id = $1 AND state IN ('none')`, "./orders", "ADisputeTakes"},
	{"a dispute does not follow an exchange", "orders/dispute.go", `chain = append(chain, next...)`, `_ = next`, "./orders", "FollowsAnExchange"},
	{"a lost event is never asked about", "orders/pay.go", `if intent.Status == payment.Succeeded { // its event may have been lost`, `if false {`, "./orders", "ALostEvent"},
	{"late money brings its coupon back uncounted", "orders/capture.go", `there, err := reviveOrder(tx, &o)`, `there, err := reserveAgain(tx, &o)`, "./orders", "LateMoneyTakes"},
	{"money goes back another way than it came", "orders/capture.go", `reason: reason, first: p.ID}`, `reason: reason}`, "./orders", "LateMoneyTakes"},
	{"the gateway's own sum is not compared", "orders/reconcile.go", `r.differ("balance", string(ledger.Stripe), r.BookPaise, r.TheirPaise)`, ``, "./orders", "Reconciliation"},
	{"the GST return leaves credit notes out", "orders/gstr1.go", `CASE WHEN d.kind = 'credit_note' THEN -1 ELSE 1 END`, `CASE WHEN d.kind = 'credit_note' THEN 0 ELSE 1 END`, "./orders", "WithoutGaps"},
	{"a reference goes into a bank file twice", "internal/bankfile/batch.go", `case seen[pay.Reference]:`, `case false:`, "./internal/bankfile", "IsNamed"},
	{"a bank file takes any amount", "internal/bankfile/batch.go", `l.most > 0 && pay.Amount > l.most`, `false`, "./internal/bankfile", "IsNamed"},
	{"today's limit holds for yesterday", "internal/bankfile/limits.go", `l.from <= date && `, ``, "./internal/bankfile", "IsNamed"},
	{"a reference is cut", "internal/bankfile/plan.go", `words: f.Value == "{name}" ||`, `words: f.Value == "{reference}" || f.Value == "{name}" ||`, "./internal/bankfile", "IsNamed"},
	{"a spreadsheet computes a name", "internal/bankfile/write.go", `"=+-@\t\r"`, `"+-@\t\r"`, "./internal/bankfile", "Golden|ReadsBack"},
	{"an account becomes a number", "internal/bankfile/book.go", `set, style := f.SetCellStr, text`, `set, style := f.SetCellDefault, text`, "./internal/bankfile", "WorkbookCells"},
	{"a delimiter in a bank's field", "internal/bankfile/render.go", "+p.Delimiter)", ")", "./internal/bankfile", "LargerThan"},
	{"another amount in the bank's answer", "internal/bankfile/answers.go", `known && due != a.Amount`, `known && due < 0`, "./internal/bankfile", "Guessed"},
	{"an answer's unknown word is paid", "internal/bankfile/mapping.go", "	return \"\"\n}\n\n// text is", "	return \"paid\"\n}\n\n// text is", "./internal/bankfile", "Guessed"},
	{"a trial balance of a day counts later ones", "internal/ledger/trial.go", `WHERE s.block > $1 AND s.block <= $2 AND e.business_date <= $3`, `WHERE s.block > $1 AND s.block <= $2 AND $3 <> ''`, "./internal/ledger", "TrialBalance"},
	{"a trial balance at a block is the newest", "internal/ledger/trial.go", `WHERE b.account = h.account AND b.block <= $1)`, `WHERE b.account = h.account AND 0 <= $1)`, "./internal/ledger", "TrialBalance"},
	{"an account opens with what a page before it moved", "internal/ledger/movements.go", `a.Brought, err = money.Add(a.Opening, s.Brought)`, `a.Brought, err = money.Add(a.Opening, 0)`, "./internal/ledger", "AccountPages"},
	{"an amount is found on another account", "internal/ledger/search.go", `amount += " AND " + account`, `_ = account`, "./internal/ledger", "EntriesAreFound"},
	{"a coordinator reads the book", "internal/ledger/reader.go", `var bookkeepers = []auth.Role{auth.Preparer,`, `var bookkeepers = []auth.Role{auth.Coordinator, auth.Preparer,`, "./internal/ledger", "OneEntry"},
	{"a spreadsheet computes a name of the books", "internal/sheet/sheet.go", `"=+-@\t\r\n"`, `"+-@\t\r\n"`, "./internal/sheet", "CSV"},
	{"a number of an account becomes a sum", "internal/sheet/sheet.go", `set, style := f.SetCellStr, styles[formatText]`, `set, style := f.SetCellDefault, styles[formatText]`, "./internal/sheet", "XLSX"},
	{"a file leaves without the audit", "internal/auth/export.go", `Audit(tx, actor, "export",`, `Audit(tx, actor, "other",`, "./storefront", "TotalToEntry"},
	{"tax of a withdrawn run is filed", "payouts/tdsexport.go", ` AND i.state <> 'withdrawn'`, ``, "./payouts", "TaxOfAQuarter"},
	{"a stray posting on the tax account ties", "payouts/tdsexport.go", `return s.Deducted+s.Withdrawn == s.Book`, `return s.Deducted+s.Withdrawn <= s.Book`, "./payouts", "TaxOfAQuarter"},
	{"an administrator opens PANs", "payouts/tdsexport.go", `if err := actor.Require(auth.Preparer, auth.Approver); err != nil {`, `if err := actor.Require(finance...); err != nil {`, "./payouts", "TaxOfAQuarter"},
	{"opened PANs are in no audit", "payouts/tdsexport.go", `return auth.Audit(tx, actor, "tds.pans"`, `return auth.Audit(tx, actor, "tds.other"`, "./payouts", "TaxOfAQuarter"},
	{"a bill is paid twice", "payouts/bill.go", `WHERE id = $5 AND paid_from = 'owed' AND paid_at IS NULL`, `WHERE id = $5 AND paid_from = 'owed'`, "./payouts", "BillsAreEntered"},
	{"a supplier written otherwise is another", "payouts/bill.go", `strings.ToLower(name), actor.Principal()`, `name, actor.Principal()`, "./payouts", "BillsAreEntered"},
	{"a closing is decided by who proposed it", "payouts/closing.go", `if actor.Principal() == c.ProposedBy {`, `if false {`, "./payouts", "ClosedByTwo"},
	{"a closing needs no password", "payouts/closing.go", `s.auth.Prove(ctx, actor, in.Act(), auth.Proof{Password: in.Password, Passkey: in.Passkey})`, `s.auth.Prove(ctx, actor, in.Act(), auth.Proof{Password: actor.Login})`, "./payouts", "ClosedByTwo"},
	{"a closed month is closed again", "payouts/closing.go", `if c.Month <= now.Month || now.ID != last.ID {`, `if now.ID != last.ID {`, "./payouts", "ClosedByTwo"},
	{"a month is closed before it is over", "payouts/closing.go", ` || month >= s.Today()[:7]`, ``, "./payouts", "ClosedByTwo"},
	{"what was closed is closed with the next month too", "internal/ledger/span.go", `(a.block > $4 OR e.business_date > $5)`, `(a.block > $4 OR e.business_date > $5 OR TRUE)`, "./payouts", "ClosedByTwo|EveryVariance"},
	{"the next month is closed with this one", "internal/ledger/span.go", `a.block <= $2 AND e.business_date <= $3`, `a.block <= $2 AND $3 <> ''`, "./payouts", "ClosedByTwo"},
	{"rows that the book does not hold are closed", "payouts/closing.go", `if !slices.Equal(c.Rows, again) {`, `if len(again) > 999 {`, "./payouts", "ARefusedClosing"},
	{"a refused closing is entered", "payouts/closing.go", `		if in.Yes {
			to = ClosingClosed`, `		if in.Yes || c.Month != "" {
			to = ClosingRefused`, "./payouts", "ARefusedClosing"},
	{"a variance has the wrong sign", "payouts/closing.go", `return r.Promised - r.Billed }`, `return r.Billed - r.Promised }`, "./payouts", "ClosedByTwo"},
	{"names are published with the variance", "payouts/closings.go", `out[i].ProposedBy, out[i].DecidedBy = "", ""`, `_ = i`, "./payouts", "ClosedByTwo"},
	{"a large workbook is unpacked", "internal/bankfile/table.go", `size > maxUnzipped ||`, `false ||`, "./internal/bankfile", "Refused"},
	{"a passkey's answer approves another run", "internal/auth/passkeyuse.go", `case was.Act != act:`, `case was.Kind != act.Kind:`, "./internal/auth", "AnswersRefused"},
	{"the run's content is not in what is proved", "payouts/approve.go", `auth.ApproveRun(run, hash), proof`, `auth.ApproveRun(run, ""), proof`, "./payouts", "ThisRunAndContent"},
	{"a challenge is answered twice", "internal/auth/passkeyuse.go", "DELETE FROM passkey_challenges\n		WHERE challenge = $1 AND user_id = $2 AND session_hash = $3\n		RETURNING kind, object, content, expires_at", "SELECT kind, object, content, expires_at\n		FROM passkey_challenges\n		WHERE challenge = $1 AND user_id = $2 AND session_hash = $3", "./internal/auth", "AnsweredOnce"},
	{"a refused answer leaves its challenge", "internal/auth/passkeyuse.go", "			why = cause.Error()\n		}\n", "			why = cause.Error()\n		}\n		if why != \"\" {\n			return err\n		}\n", "./internal/auth", "AnsweredOnce|TriesAreLimited"},
	{"a challenge waits for ever", "internal/auth/passkeyuse.go", `case was.ExpiresAt <= machineNow():`, `case was.ExpiresAt < 0:`, "./internal/auth", "AnswersRefused"},
	{"a challenge serves another session", "internal/auth/passkeyuse.go", `AND session_hash = $3`, `AND $3 <> ''`, "./internal/auth", "AnswersRefused"},
	{"a passkey proves that a device is there, not a person", "internal/auth/passkeyuse.go", `UserVerification: protocol.VerificationRequired}, parsed)`, `UserVerification: protocol.VerificationPreferred}, parsed)`, "./internal/auth", "AnswersRefused"},
	{"a copied passkey proves", "internal/auth/passkeyuse.go", `if got.Authenticator.CloneWarning {`, `if got.Authenticator.SignCount == 1<<31 {`, "./internal/auth", "AnswersRefused"},
	{"the counter of a passkey stands still", "internal/auth/passkeyuse.go", `SET sign_count = $1, `, `SET sign_count = sign_count + 0 * $1, `, "./internal/auth", "PasskeyProves"},
	{"a disabled user's passkey proves", "internal/auth/passkey.go", `WHERE id = $1 AND disabled_at IS NULL`, `WHERE id = $1`, "./internal/auth", "AnswersRefused"},
	{"tries by passkey are not counted with the others", "internal/auth/passkeyuse.go", `countTry(tx, try, stepUpTries(actor))`, `countTry(tx, try, try)`, "./internal/auth", "TriesAreLimited"},
	{"a passkey is added without the password", "internal/auth/passkeyuse.go", `if err := s.StepUp(ctx, actor, password); err != nil {`, `if err := person(actor); err != nil {`, "./internal/auth", "ManagingPasskeys"},
	{"a passkey is removed without the password", "internal/auth/passkey.go", `if err := s.StepUp(ctx, actor, password); err != nil {`, `if err := person(actor); err != nil {`, "./internal/auth", "ManagingPasskeys"},
	{"another's passkey is removed", "internal/auth/passkey.go", "WHERE id = $1 AND user_id = $2\n			RETURNING label", "WHERE id = $1 AND $2 <> ''\n			RETURNING label", "./internal/auth", "ManagingPasskeys"},
	{"a key lists passkeys", "internal/auth/passkey.go", `case actor.Via == ViaKey:`, `case actor.Via == ViaKey && actor.ID == "":`, "./internal/auth", "ManagingPasskeys"},
	{"passkeys are offered at a number", "internal/auth/passkey.go", `case net.ParseIP(o.Site) != nil:`, `case net.ParseIP(o.Origin) != nil:`, "./internal/auth", "WherePasskeys"},
	{"a share is paid before the bank says so", "payouts/paid.go", `case ItemClaimed, ItemInTransit:
		return ItemInTransit, nil, nil`, `case ItemClaimed, ItemInTransit:
		return ItemPaid, []string{i.On}, []string{id}`, "./payouts", "Fates"},
	{"what the bank sent back counts as paid", "payouts/paid.go", `case f.Paid == back.Paise:`, `case f.Paid <= back.Paise:`, "./payouts", "Fates"},
	{"what a dispute gave back is another credit", "payouts/preview.go", `p.Kind == "unfreeze" && total(back) == p.Paise`, `p.Kind == "unfreeze" && total(back) < 0`, "./payouts", "Fates"},
	{"a name is shown without consent", "openbooks/read.go", `if a.Consents["name"] {`, `if len(a.Consents) >= 0 {`, "./storefront", "OpenBook"},
	{"the buyer stays on the order of an open book", "orders/open.go", `o.Buyer, o.Address, o.access = Buyer{}, Address{}, ""`, ``, "./storefront", "OpenBook"},
	{"a file is refused to who asks at the same moment", "payouts/claim.go", `if err == nil && r.State == Withdrawn {`, `if err == nil && r.State != Approved {`, "./payouts", "RacesPayOnce"},
	{"what was approved is not looked at again", "payouts/bankfile.go", `err != nil || approved != now {`, `err != nil || approved == now+"x" {`, "./payouts", "ChangedAfterApproval"},
	{"a newest balance may name another block", "internal/ledger/verifybalances.go", ` || v.moved[account] != r.Block`, ``, "./internal/ledger", "EveryByte|Swapped"},
	{"a block may go and leave its seals", "internal/ledger/verify.go", `WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE b.no = s.block)`, `WHERE s.block < 0`, "./internal/ledger", "Swapped"},
	{"a head kept elsewhere is not looked for", "internal/ledger/verify.go", `v.heads[h] = true`, `_ = h`, "./internal/ledger", "CutTail"},
	{"a statement that was given out is read anew", "payouts/issue.go", `if sl.keep(pictures); to >= today {`, `if sl.keep(pictures); to >= "" || to < today {`, "./payouts", "PaperStays|GivenOutOnce"},
	{"what is entered late is in no statement", "payouts/slip.go", `l.Block > before.Block:`, `l.Block < 0:`, "./payouts", "PaperStays"},
	{"a slip in small print", "internal/paper/slip.go", `leastSize   = 14.0`, `leastSize   = 11.0`, "./internal/paper", "LargeLetters"},
	{"rows that have no room are not counted", "internal/paper/slip.go", `n = fitting(rows, room-l.more(s, len(rows)).height())`, `n = fitting(rows, room)`, "./internal/paper", "CountsWhat"},
	{"pictures come in any order", "internal/paper/picture.go", `wide += float64(i) / 1024`, `wide += 0 * float64(i)`, "./internal/paper", "SameSlip"},
	{"a card that is over shows amounts", "payouts/hers.go", `if out.State != artisans.CardValid {`, `if out.State == "none" {`, "./payouts", "CardOpens"},
	{"a card never lapses", "artisans/card.go", `case today > c.ValidUntil:`, `case today == "":`, "./artisans", "CardEnds"},
	{"another area's coordinator issues a card", "artisans/card.go", `if err == nil && !actor.CoversArea(area) {`, `if err == nil && area == "" {`, "./artisans", "WhoIssues"},
	{"finance has the address of her page", "artisans/card.go", `if actor.Require(issuers...) != nil || !actor.CoversArea(a.Area) {`, `if a.ID == "" {`, "./artisans", "WhoIssues"},
	{"a revoked card is printed", "artisans/card.go", `err != nil || now.RevokedAt != nil {`, `err != nil {`, "./artisans", "CardEnds"},
	{"the token stands in the database", "artisans/card.go", `return hex.EncodeToString(sum[:])`, `_ = hex.EncodeToString(sum[:]); return token`, "./artisans", "TokenIsNot"},
	{"a card ends without a reason", "artisans/card.go", `reason == "" || utf8`, `utf8`, "./storefront", "OverShows"},
	{"tokens of cards may be guessed", "internal/web/limit.go", `if l.spent(who) {`, `if false {`, "./internal/web", "Guesses"},
	{"her page is found by search engines", "storefront/cards.go", `c.Set("X-Robots-Tag", "noindex")`, ``, "./storefront", "HerPageShows"},
	{"a proof of a place proves another", "internal/ledger/proof.go", `if p.Block != b.No || p.Pos < 1 || p.Pos > b.Count {`, `if p.Block != b.No {`, "./internal/ledger", "Proves"},
	{"a block's hash need not follow from it", "internal/ledger/proof.go", `&& b.digest() == b.Hash`, ``, "./internal/ledger", "Proves"},
	{"the new number is told", "artisans/phone.go", "	if err := due(tx, actor, Notice{Artisan: p.Artisan, What: ChangedPhone, Change: p.ID, Masked: p.Masked, CountsAt: tx.Now()}); err != nil {\n		return err\n	}\n	sealed", "	defer func() {\n		_ = due(tx, actor, Notice{Artisan: p.Artisan, What: ChangedPhone, Change: p.ID, Masked: p.Masked, CountsAt: tx.Now()})\n	}()\n	sealed", "./artisans", "OldNumber"},
	{"a changed account is told to nobody", "artisans/payee.go", `if p.Version == 1 {`, `if p.Version >= 1 {`, "./artisans", "OldNumber|Untold"},
	{"who entered a change tells her", "artisans/notice.go", "		if n.MadeBy == actor.Principal() {\n				return", "		if n.MadeBy == actor.Login {\n				return", "./artisans", "SecondPerson"},
	{"who entered a change sees her old number", "artisans/notice.go", "		if n.MadeBy == actor.Principal() {\n			continue", "		if n.MadeBy == actor.Login {\n			continue", "./artisans", "OldNumber"},
	{"a key tells her", "artisans/notice.go", `actor.Via != auth.ViaSession`, `actor.Via == auth.ViaNobody`, "./artisans", "SecondPerson"},
	{"she is told twice", "artisans/notice.go", `WHERE id = $5 AND told_at IS NULL`, `WHERE id = $5`, "./artisans", "SecondPerson"},
	{"another area's coordinator tells her", "artisans/notice.go", `if !actor.CoversArea(n.Area) {`, `if n.Area == "" {`, "./artisans", "SecondPerson"},
	{"another area's coordinator reads her number", "artisans/notice.go", `return !actor.CoversArea(a)`, `return a == ""`, "./artisans", "OldNumber"},
	{"finance reads phone numbers", "artisans/notice.go", `func (s *Service) NoticesDue(ctx context.Context, actor auth.Actor, after string, limit int) ([]Notice, error) {
	if err := actor.Require(`, `func (s *Service) NoticesDue(ctx context.Context, actor auth.Actor, after string, limit int) ([]Notice, error) {
	if err := actor.Require(auth.Preparer, `, "./artisans", "Refused"},
	{"opened numbers are in no audit", "artisans/notice.go", `"phone.open"`, `"phone.other"`, "./artisans", "OldNumber"},
	{"any ten digits are a number", "artisans/phone.go", `[6-9][0-9]{9}`, `[0-9]{10}`, "./artisans", "Refused"},
	{"who could not be reached was told", "artisans/notice.go", `how IN ('', 'unreachable')`, `how IN ('', 'none')`, "./artisans", "Untold"},
	{"numbers stay under the old key", "artisans/reseal.go", `"pans", "artisan_phones",`, `"pans",`, "./artisans", "Resealed"},
	{"nobody sees that she was not told", "payouts/preview.go", `untold[i.ArtisanID] && last.PayeeID != i.PayeeID`, `untold[i.ID] && last.PayeeID != i.PayeeID`, "./payouts", "Untold"},
}

// The places where bugs are planted are still there.
func TestPlantedBugsHaveTheirPlace(t *testing.T) {
	for _, bug := range planted {
		raw, err := os.ReadFile(filepath.Join("../..", bug.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), bug.is); n == 0 || n > 2 {
			t.Errorf("%s: %s has %q %d times", bug.name, bug.file, bug.is, n)
		}
	}
}

// TestPlantedBugsAreCaught plants each bug in a copy of the tree and expects its
// tests to fail. It takes minutes, so it runs with make soak.
func TestPlantedBugsAreCaught(t *testing.T) {
	if os.Getenv("SAEBAAN_PLANTED") == "" {
		t.Skip("runs with make soak (SAEBAAN_PLANTED=1)")
	}
	root := t.TempDir()
	if out, err := exec.Command("cp", "-r", "../..", root+"/tree").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, bug := range planted {
		t.Run(strings.ReplaceAll(bug.name, " ", "_"), func(t *testing.T) {
			path := filepath.Join(root, "tree", bug.file)
			sound, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(sound), bug.is); n == 0 || n > 2 {
				t.Fatalf("%s has %q %d times", bug.file, bug.is, n)
			}
			if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(sound), bug.is, bug.becomes)), 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.WriteFile(path, sound, 0o600) }()
			test := exec.Command("go", "test", "-short", "-count=1", "-run", bug.run, bug.pkg)
			test.Dir = filepath.Join(root, "tree")
			out, err := test.CombinedOutput()
			if err == nil {
				t.Errorf("nothing turned red")
			}
			if strings.Contains(string(out), "[build failed]") {
				t.Errorf("the bug does not compile: %s", out)
			}
		})
	}
}
