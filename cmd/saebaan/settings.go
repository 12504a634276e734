package main

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"saebaan/internal/bankfile"
	"saebaan/internal/config"
	"saebaan/internal/freight"
	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/orders"
	"saebaan/payouts"
)

// rates are the tax rates built in, or those of the operator's file.
func (s *shop) rates() (*gst.Table, error) {
	if s.config.GSTRates == "" {
		return gst.Default(), nil
	}
	f, err := os.Open(s.config.GSTRates)
	if err != nil {
		return nil, config.ErrConfig.With("The file of SAEBAAN_GST_RATES cannot be read. Nothing was started.").Because(err)
	}
	defer func() { _ = f.Close() }()
	return gst.Load(f)
}

// carriage are the delivery charges built in, or those of the operator's files.
func (s *shop) carriage() (*freight.Table, error) {
	if (s.config.FreightZones == "") != (s.config.FreightPrices == "") {
		return nil, config.ErrConfig.With("Delivery charges need both SAEBAAN_FREIGHT_ZONES and SAEBAAN_FREIGHT_CHARGES. Nothing was started.")
	}
	if s.config.FreightZones == "" {
		return freight.Default(), nil
	}
	var files [2]io.Reader
	for i, name := range []string{s.config.FreightZones, s.config.FreightPrices} {
		raw, err := os.ReadFile(name) // #nosec G304 -- the operator names the file
		if err != nil {
			return nil, config.ErrConfig.With("The delivery charges cannot be read. Nothing was started.").Because(err)
		}
		files[i] = strings.NewReader(string(raw))
	}
	return freight.Load(files[0], files[1])
}

// settings are what the trust has decided about payment and returns. Practice
// has accounts of its own, so that every way to pay can be tried.
func (s *shop) settings() (orders.Settings, error) {
	c := s.config
	out := orders.Defaults()
	out.UPI = orders.UPIAccount{ID: c.UPIID, Name: c.UPIName}
	out.Bank = orders.BankAccount{Name: c.BankName, Number: c.BankAccount, IFSC: c.BankIFSC}
	out.Site = strings.TrimSuffix(c.Site, "/")
	if c.Simulated() && c.UPIID == "" {
		out.UPI = orders.UPIAccount{ID: "practice@upi", Name: "Practice only"}
	}
	if c.Simulated() && c.BankAccount == "" {
		out.Bank = orders.BankAccount{Name: "Practice only", Number: "000000000000", IFSC: "BARB0LUCKNO"}
	}
	var err error
	if out.Freight, err = s.carriage(); err != nil {
		return out, err
	}
	for name, one := range map[string]struct {
		text string
		to   *time.Duration
	}{"SAEBAAN_HOLD_CARD": {c.HoldCard, &out.HoldCard}, "SAEBAAN_HOLD_UPI": {c.HoldUPI, &out.HoldUPI}, "SAEBAAN_HOLD_CLAIMED": {c.HoldClaimed, &out.HoldClaimed}} {
		if one.text == "" {
			continue
		}
		if *one.to, err = time.ParseDuration(one.text); err != nil || *one.to < time.Minute {
			return out, config.ErrConfig.With("%s is not a time like 15m or 24h of a minute or more. Nothing was started.", name)
		}
	}
	for name, one := range map[string]struct {
		text string
		to   *int
	}{"SAEBAAN_HOLD_BANK_DAYS": {c.HoldBankDays, &out.HoldBank}, "SAEBAAN_RETURN_DAYS": {c.ReturnDays, &out.ReturnDays}, "SAEBAAN_NO_NEWS_DAYS": {c.NoNewsDays, &out.NoNewsDays}} {
		if one.text == "" {
			continue
		}
		if *one.to, err = strconv.Atoi(one.text); err != nil || *one.to < 1 || *one.to > 365 {
			return out, config.ErrConfig.With("%s is not a number of days from 1 to 365. Nothing was started.", name)
		}
	}
	return out, nil
}

// origin is where browsers reach the pages, which passkeys are bound to: the
// configured site, and for practice this computer by its name.
func (s *shop) origin(listening net.Addr) string {
	if s.config.Site != "" || s.config.Production {
		return s.config.Site
	}
	_, port, _ := net.SplitHostPort(listening.String())
	return "http://localhost:" + port
}

// terms are what the trust has decided about payments to artisans.
func (s *shop) terms() (payouts.Terms, error) {
	out := payouts.DefaultTerms()
	number := func(name, text string, most, unit int64, to *int64) error {
		if text == "" {
			return nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > most {
			return config.ErrConfig.With("%s is not a whole number from 0 to %d. Nothing was started.", name, most)
		}
		*to = n * unit
		return nil
	}
	minimum, recovery, home := int64(out.Minimum), int64(out.Recovery), int64(out.TakeHome)
	if err := errors.Join(number("SAEBAAN_PAYOUT_MINIMUM", s.config.PayoutMinimum, 10_000, 100, &minimum),
		number("SAEBAAN_ADVANCE_RECOVERY", s.config.Recovery, 100, 100, &recovery),
		number("SAEBAAN_TAKE_HOME", s.config.TakeHome, 100, 100, &home)); err != nil {
		return out, err
	}
	if s.config.BankLayout != "" {
		if _, err := bankfile.ByID(s.config.BankLayout); err != nil {
			return out, config.ErrConfig.With("SAEBAAN_BANK_LAYOUT names no layout of bank files. Nothing was started.")
		}
	}
	bank := payouts.BankTerms{Layout: s.config.BankLayout, Client: s.config.BankClient,
		Debit: bankfile.Debit{Name: s.config.BankName, Account: s.config.BankAccount, IFSC: s.config.BankIFSC, Email: s.config.BankEmail}}
	return payouts.Terms{Minimum: money.Paise(minimum), Recovery: money.BasisPoints(recovery), TakeHome: money.BasisPoints(home), Bank: bank}, nil
}
