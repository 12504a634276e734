package gst

import (
	"regexp"
	"strings"

	"saebaan/internal/fault"
)

// The faults of a GSTIN.
var (
	ErrGSTINForm  = fault.New(fault.Invalid, "gst.gstin_form", "A GSTIN has 15 characters: State, PAN, entity, Z and a check character. Nothing was saved; copy it again from the certificate.")
	ErrGSTINState = fault.New(fault.Invalid, "gst.gstin_state", "The first two digits of this GSTIN are not a State code. Nothing was saved; copy it again from the certificate.")
	ErrGSTINCheck = fault.New(fault.Invalid, "gst.gstin_check", "The check character of this GSTIN does not fit, so a character is wrong. Nothing was saved; copy it again from the certificate.")
)

// A regular taxpayer's number; C in place 14 marks an e-commerce operator's
// tax-collection number, which is not a buyer's or seller's.
var gstinForm = regexp.MustCompile(`^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]$`)

const gstinAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// NormalGSTIN removes spaces and makes letters upper-case, the form to check
// and to store.
func NormalGSTIN(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

// ValidGSTIN checks form, State code and check character of a GSTIN in normal
// form. It returns ErrGSTINForm, ErrGSTINState or ErrGSTINCheck.
func ValidGSTIN(s string) error {
	if !gstinForm.MatchString(s) {
		return ErrGSTINForm
	}
	if _, known := States[s[:2]]; !known {
		return ErrGSTINState
	}
	if s[14] != gstinCheck(s[:14]) {
		return ErrGSTINCheck
	}
	return nil
}

// gstinCheck weighs the 14 characters 1, 2, 1, 2 … and adds both base-36 digits
// of each product.
func gstinCheck(body string) byte {
	sum := 0
	for i := range len(body) {
		p := strings.IndexByte(gstinAlphabet, body[i]) * (1 + i%2)
		sum += p/36 + p%36
	}
	return gstinAlphabet[(36-sum%36)%36]
}
