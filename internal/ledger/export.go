package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"saebaan/internal/db"
)

// ExportHledger writes the sealed book as a journal that hledger reads, from
// the postings themselves, in the order of the book, and ends with the head it
// stands at. It names no person. Progress, when not nil, is told the entries done.
func ExportHledger(ctx context.Context, d *db.DB, to io.Writer, progress func(done int64)) (Block, error) {
	if _, err := Seal(ctx, d); err != nil {
		return Block{}, err
	}
	w := bufio.NewWriter(to)
	fmt.Fprint(w, "; Saebaan, the book of one trust. Debit +, credit -.\ncommodity INR 1000.00\n\n")
	var head Block
	err := d.Read(ctx, func(tx *db.Tx) error {
		var err error
		if head, err = HeadBlock(tx); err != nil {
			return err
		}
		var after Place
		for done := int64(0); ; {
			page, err := Entries(tx, Filter{After: after, Limit: 500})
			if err != nil || len(page) == 0 {
				return err
			}
			for _, e := range page {
				writeEntry(w, e)
				after = e.Place
				done++
			}
			if progress != nil {
				progress(done)
			}
		}
	})
	if err != nil {
		return Block{}, err
	}
	fmt.Fprintf(w, "; head: block %d, %s\n", head.No, head.Hash)
	return head, w.Flush()
}

func writeEntry(w io.Writer, e Sealed) {
	fmt.Fprintf(w, "%s * (%s) %s", e.BusinessDate, e.ID, oneLine(e.Kind))
	if e.Reason != "" {
		fmt.Fprintf(w, " %s", oneLine(e.Reason))
	}
	fmt.Fprintf(w, "  ; block:%d, reference:%s\n", e.Block, oneLine(e.Reference))
	for _, p := range e.Postings {
		fmt.Fprintf(w, "    %s  INR %s%s\n", p.Account, p.Paise.Plain(), postingTags(p))
	}
	fmt.Fprintln(w)
}

// oneLine leaves nothing in a text that could begin a line or a comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == ';' || r == 0x7f || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text)
}

func postingTags(p Posting) string {
	var tags []string
	for _, t := range [][2]string{{"order", p.Order}, {"lot", p.Lot}, {"nature", p.Nature}} {
		if t[1] != "" {
			tags = append(tags, t[0]+":"+t[1])
		}
	}
	if len(tags) == 0 {
		return ""
	}
	return "  ; " + strings.Join(tags, ", ")
}
