package orders

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"saebaan/internal/fault"
)

// ErrDeliveries refuses a file that is no carrier's report.
var ErrDeliveries = fault.New(fault.Invalid, "orders.deliveries", "This is not a carrier's report that can be read. Nothing was entered; it needs the columns tracking_number and status.")

// DeliveryLine is one parcel of a carrier's report.
type DeliveryLine struct {
	Tracking  string
	Delivered bool
}

// ParseDeliveries reads a carrier's CSV: tracking_number (or awb, waybill) and
// status, of which "delivered" alone counts. Returns ErrDeliveries, also above 2,000 lines.
func ParseDeliveries(file []byte) ([]DeliveryLine, error) {
	if !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0 {
		return nil, ErrDeliveries
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, ErrDeliveries.Because(err)
	}
	number, status := -1, -1
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		if slices.Contains([]string{"tracking_number", "awb", "waybill"}, name) {
			number = i
		}
		if name == "status" {
			status = i
		}
	}
	if number < 0 || status < 0 {
		return nil, ErrDeliveries
	}
	var out []DeliveryLine
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err == nil && len(out) == mostLines {
			return nil, ErrDeliveries.With("This report has more than 2,000 lines. Nothing was entered; send it in parts.")
		}
		if err != nil || max(number, status) >= len(row) {
			return nil, ErrDeliveries.Because(err)
		}
		out = append(out, DeliveryLine{Tracking: strings.ToUpper(harmless(row[number])),
			Delivered: strings.EqualFold(strings.TrimSpace(row[status]), "delivered")})
	}
}
