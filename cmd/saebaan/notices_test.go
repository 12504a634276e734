package main_test

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheOldNumberIsTold(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		s.noticeDay(t)
	})
}

// noticeDay sets and changes a number and an account over REST; finance sees no
// number, one person records that the other's change was told.
func (s *shop) noticeDay(t *testing.T) {
	t.Helper()
	maker := s.artisan("Notice Maker")
	hers := "/v1/artisans/" + maker
	if got := s.asha.Do(201, "POST", hers+"/phones", obj{"phone": "+91 98765 43210"}); got.Str("masked") != "98••••••10" {
		t.Errorf("phone: %s", got.Raw)
	}
	if got := s.asha.Do(422, "POST", hers+"/phones", obj{"phone": "12345"}); got.Str("code") != "artisans.phone" {
		t.Errorf("no phone: %s", got.Raw)
	}
	s.asha.Do(201, "POST", hers+"/phones", obj{"phone": "6012345678"})
	due := s.admin.Get("/v1/notices?limit=100")
	at := -1
	for i := range due.List("data") {
		if due.Str("data", i, "artisan_id") == maker {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("nothing is due: %s", due.Raw)
	}
	if due.Str("data", at, "phone") != "9876543210" || due.Str("data", at, "changed") != "phone" || due.Str("data", at, "masked") != "60••••••78" ||
		!strings.HasPrefix(due.Str("data", at, "whatsapp"), "https://wa.me/919876543210?text=") {
		t.Errorf("due: %s", due.Raw)
	}
	for _, seen := range [][]byte{s.asha.Get("/v1/notices?limit=100").Raw, s.preparer.Get(hers).Raw, s.preparer.Get("/v1/artisans?limit=100").Raw, s.preparer.Get(hers + "/statement").Raw,
		s.preparer.Do(403, "GET", "/v1/notices", nil).Raw} {
		if bytes.Contains(seen, []byte("9876543210")) || bytes.Contains(seen, []byte("6012345678")) {
			t.Errorf("a whole number: %s", seen)
		}
	}
	told := "/v1/notices/" + due.Str("data", at, "id") + "/told"
	if got := s.asha.Do(403, "POST", told, obj{"how": "call"}); got.Str("code") != "artisans.same_person" {
		t.Errorf("the same person: %s", got.Raw)
	}
	if got := s.admin.Do(200, "POST", told, obj{"how": "unreachable", "reason": "no answer for two days"}); got.Str("how") != "unreachable" {
		t.Errorf("told: %s", got.Raw)
	}
	if got := s.admin.Do(409, "POST", told, obj{"how": "call"}); got.Str("code") != "artisans.told" {
		t.Errorf("told twice: %s", got.Raw)
	}
}
