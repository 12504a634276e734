package main_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// authenticator gives the tab a passkey device that verifies its user, and
// returns how to make it fail to.
func (b *tab) authenticator() (verified func(bool)) {
	b.t.Helper()
	device, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (webauthn.AddVirtualAuthenticatorResult, error) {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return webauthn.AddVirtualAuthenticatorResult{}, err
		}
		return cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return func(is bool) {
		b.t.Helper()
		if _, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
			return cdp.Call(ctx, t, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device.AuthenticatorID, IsUserVerified: is})
		}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// told runs a script that returns a promise of a text.
func (b *tab) told(script string) string {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// register adds a passkey on its page.
func (b *tab) register(label string) {
	b.t.Helper()
	b.open("/office/passkeys", "passkeys")
	b.fill(map[string]string{"label": label})
	b.do(chromedp.SetValue("#password", password))
	b.press("#add-passkey button")
	b.look("passkey-added")
	b.says(label, "Never used.")
}

// oldBrowser takes away what browsers of before 2024 do not have.
const oldBrowser = `delete PublicKeyCredential.parseCreationOptionsFromJSON; delete PublicKeyCredential.parseRequestOptionsFromJSON;
	delete PublicKeyCredential.prototype.toJSON; String("toJSON" in PublicKeyCredential.prototype)`

// Two approvers make passkeys in a browser. From the office one approves a run
// in at most four taps and a passkey; the other's own run stays hers to leave.
func TestApproveByPasskeyInABrowser(t *testing.T) {
	s := open(t, nil)
	b := browser(t, strings.Replace(s.URL, "127.0.0.1", "localhost", 1), 360)
	verified := b.authenticator()

	b.signInWith("both", password)
	b.register("Laptop of Both")
	run := s.waitingRun(t, "TAP-1", s.both)
	path := "/office/runs/" + run.Str("id")
	b.open(path+"/approve", "own-run")
	b.says("You prepared this run, so another person must approve it")
	forced := b.told(fmt.Sprintf(`(async () => {
		const post = (to, fields) => fetch(%q + to, { method: "POST", body: new URLSearchParams({ hash: %q, ...fields }) });
		const options = await (await post("/challenge", {})).json();
		const key = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
		const told = await post("/approve", { answer: JSON.stringify(key) });
		return told.status + " " + await told.text();
	})()`, path, run.Str("content_hash")))
	if !strings.HasPrefix(forced, "403 ") || !strings.Contains(forced, "You prepared this run") {
		t.Errorf("her own run by passkey: %s", forced[:min(len(forced), 300)])
	}
	if state := s.approver.Get("/v1/payout-runs/" + run.Str("id")).Str("state"); state != "submitted" {
		t.Fatalf("the run is %s", state)
	}

	b.signInWith("approver", password)
	b.register("Phone of Approver")
	b.do(chromedp.Navigate(b.base + "/office"))
	taps := 0
	tap := func(selector string) { t.Helper(); taps++; b.press(selector) }
	tap("a[href='" + path + "']")
	tap("a[href$='/approve']")
	b.look("approve-by-passkey")
	verified(false) // a finger that is not hers
	b.do(chromedp.Click("#by-passkey button"))
	within(t, "the page says that the passkey was not used", func() bool { return strings.Contains(b.text(), "The passkey was not used.") })
	b.look("approve-not-verified")
	verified(true)
	tap("#by-passkey button")
	b.look("approved-by-passkey")
	b.says("approved", "Fetch the UPI list")
	if a := s.approver.Get("/v1/payout-runs/" + run.Str("id")); a.Str("state") != "approved" || taps > 4 {
		t.Errorf("after %d taps the run is %s", taps, a.Str("state"))
	}
	if used := texts(t, s.books(), `SELECT detail FROM audit WHERE action = 'passkey.use' AND detail = $1`, "run.approve "+run.Str("id")); len(used) != 2 { // hers, and the one that was forced
		t.Errorf("uses: %v", used)
	}
	b.decides(s, run.Str("items", 0, "artisan_id"), verified)
	b.inAnOldBrowser(s)
	s.verify()
}

// decides: an approver with a passkey gives an advance, writes it off and closes a
// month, each by two taps and her finger; another finger decides nothing.
func (b *tab) decides(s *shop, maker string, verified func(bool)) {
	b.t.Helper()
	act := func(page, name string, done func() bool) {
		b.t.Helper()
		b.do(chromedp.Navigate(b.base + page))
		if page == "/office/advances" {
			b.do(chromedp.Click("details.answer summary"))
		}
		if name == "advance" {
			b.do(chromedp.SetValue("form[data-passkey] [name=reference]", "VCH-9"))
		}
		verified(false)
		b.do(chromedp.Click("form[data-passkey] button[value=yes]"))
		within(b.t, "the page says that the passkey was not used", func() bool { return strings.Contains(b.text(), "The passkey was not used.") })
		verified(true)
		if done() {
			b.t.Errorf("%s was decided by another finger", name)
		}
		b.press("form[data-passkey] button[value=yes]")
		b.look("decided-" + strings.ReplaceAll(name, " ", "-"))
		if !done() {
			b.t.Errorf("%s is not decided: %s", name, b.text())
		}
	}
	advance := s.preparer.Do(201, "POST", "/v1/advances", obj{"artisan_id": maker, "kind": "cash", "amount": inr(50000), "reason": "thread"}).Str("id")
	state := func(wanted string) func() bool {
		return func() bool {
			return s.preparer.Get("/v1/advances?artisan_id="+maker).Str("data", 0, "state") == wanted
		}
	}
	act("/office/advances", "advance", state("given"))
	s.preparer.Do(200, "POST", "/v1/advances/"+advance+"/write-off", obj{"reason": "the roof fell in"})
	act("/office/advances", "advance written off", state("closed"))

	bill := s.preparer.Do(201, "POST", "/v1/bills", obj{"account": "head:packing", "supplier": "Ganga", "number": "T-1", "date": "2026-04-01", "amount": inr(1234), "paid_from": "bank"})
	month := s.preparer.Get("/v1/ledger/entries?reference=bill:"+bill.Str("id")).Str("data", 0, "business_date")[:7]
	s.guest.Post("/v1/test/clock", obj{"advance": "768h"})
	s.preparer.Do(201, "POST", "/v1/closings", obj{"month": month})
	act("/office/closings", "closing", func() bool { return s.preparer.Get("/v1/closings").Str("data", 0, "state") == "closed" })
}

// inAnOldBrowser: where the browser neither reads options from JSON nor writes
// answers as such, the script does; and what is wrong is said in the form.
func (b *tab) inAnOldBrowser(s *shop) {
	b.t.Helper()
	run := s.waitingRun(b.t, "TAP-2", s.preparer)
	b.do(chromedp.Navigate(b.base + "/office/runs/" + run.Str("id") + "/approve"))
	if has := b.told(oldBrowser); has != "false" {
		b.t.Fatal("the browser is not old")
	}
	b.press("#by-passkey button")
	b.says("approved", "Fetch the UPI list")

	b.do(chromedp.Navigate(b.base + "/office/passkeys"))
	b.told(oldBrowser)
	b.fill(map[string]string{"label": "Again"})
	b.do(chromedp.SetValue("#add-passkey [name=password]", "not her password"))
	b.do(chromedp.Click("#add-passkey button"))
	within(b.t, "the password is not right", func() bool { return strings.Contains(b.text(), "The password is not right") })
	b.do(chromedp.SetValue("#add-passkey [name=password]", password))
	b.do(chromedp.Click("#add-passkey button"))
	within(b.t, "the device has one already", func() bool { return strings.Contains(b.text(), "This passkey has been added before") })
	b.do(chromedp.Click("details.answer summary"), chromedp.SetValue("form[action$='/remove'] [name=password]", password))
	b.press("form[action$='/remove'] button")
	b.says("You have no passkey yet.")
	b.told(oldBrowser)
	b.fill(map[string]string{"label": "Made by hand"})
	b.do(chromedp.SetValue("#add-passkey [name=password]", password))
	b.do(chromedp.Click("#add-passkey button"))
	within(b.t, "the new one stands in the list", func() bool { return strings.Contains(b.text(), "Never used.") })
}
