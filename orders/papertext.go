package orders

// paperText are the words of printed documents in one language.
type paperText struct {
	titles  map[DocumentKind]string
	reasons map[string]string

	number, date, order, supply, against, reason, reverse, no, pending string
	supplier, recipient                                                string
	description, quantity, pieces, unit, discount, taxable, amount     string
	rounding, total, refundOf, eway, einvoice, composition, closing    string
}

// Urdu papers have English words until a native reader has checked them; the
// names and titles on them are Urdu.
var paperWords = map[string]paperText{
	"en": {
		titles: map[DocumentKind]string{TaxInvoice: "Tax invoice", InvoiceBill: "Invoice-cum-bill of supply", BillOfSupply: "Bill of supply",
			CreditNote: "Credit note", ReceiptVoucher: "Receipt voucher", RefundVoucher: "Refund voucher"},
		reasons: map[string]string{"defect": "Defect", "courier": "Damaged on the way", "wrong_piece": "Wrong piece sent", "size": "Size",
			"changed_mind": "Change of mind", "cancelled": "Cancelled before dispatch", "pieces_gone": "The piece was gone", "paid_twice": "Paid twice",
			"overpaid": "Paid too much", "too_late": "Paid too late", "exchange": "Exchange"},
		number: "Number", date: "Date", order: "Order", supply: "Place of supply", against: "Against", reason: "Reason",
		reverse: "Tax payable on reverse charge", no: "No", pending: "follows within a second",
		supplier: "Supplier", recipient: "Recipient and delivery address",
		description: "Description of goods", quantity: "Quantity", pieces: "pcs", unit: "Price", discount: "Discount", taxable: "Taxable value", amount: "Amount ₹",
		rounding: "Rounding", total: "Total", refundOf: "Advance refunded for order",
		eway:        "This consignment is above %s: an e-way bill is needed before it moves (Rule 138).",
		einvoice:    "The yearly turnover has passed %s: an invoice to a registered buyer needs an invoice reference number (e-invoice).",
		composition: "Composition taxable person, not eligible to collect tax on supplies.",
		closing:     "Every paisa of this price has a named head: see the order's page. This is a computer-made document and needs no signature.",
	},
	"hi": {
		titles: map[DocumentKind]string{TaxInvoice: "कर बीजक", InvoiceBill: "बीजक एवं आपूर्ति बिल", BillOfSupply: "आपूर्ति बिल",
			CreditNote: "क्रेडिट नोट", ReceiptVoucher: "प्राप्ति वाउचर", RefundVoucher: "वापसी वाउचर"},
		reasons: map[string]string{"defect": "ख़राबी", "courier": "रास्ते में ख़राब हुआ", "wrong_piece": "ग़लत चीज़ भेजी गई", "size": "नाप",
			"changed_mind": "मन बदल गया", "cancelled": "भेजने से पहले रद्द", "pieces_gone": "चीज़ बिक चुकी थी", "paid_twice": "दो बार भुगतान",
			"overpaid": "ज़्यादा भुगतान", "too_late": "देर से भुगतान", "exchange": "बदली"},
		number: "संख्या", date: "तारीख़", order: "ऑर्डर", supply: "आपूर्ति का स्थान", against: "मूल दस्तावेज़", reason: "कारण",
		reverse: "उलटे प्रभार पर देय कर", no: "नहीं", pending: "एक सेकंड में मिलेगी",
		supplier: "विक्रेता", recipient: "प्राप्तकर्ता और डिलीवरी का पता",
		description: "माल का विवरण", quantity: "मात्रा", pieces: "नग", unit: "दाम", discount: "छूट", taxable: "कर योग्य मूल्य", amount: "राशि ₹",
		rounding: "पूर्णांकन", total: "कुल", refundOf: "लौटाया गया अग्रिम, ऑर्डर",
		eway:        "यह खेप %s से ऊपर है: भेजने से पहले ई-वे बिल चाहिए (नियम 138)।",
		einvoice:    "सालाना कारोबार %s से ऊपर है: पंजीकृत ख़रीदार के बीजक को ई-इनवॉइस संख्या चाहिए।",
		composition: "कंपोज़िशन करदाता, आपूर्ति पर कर वसूलने के पात्र नहीं।",
		closing:     "इस दाम के हर पैसे का एक नाम है: ऑर्डर का पन्ना देखें। यह दस्तावेज़ कंप्यूटर से बना है, हस्ताक्षर की ज़रूरत नहीं।",
	},
}
