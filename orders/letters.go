package orders

// letter is a mail in one language; {order}, {name}, {amount} and {until} are
// filled in.
type letter struct{ subject, opening, closing string }

// letters hold the mails by language and step. Urdu is not translated yet and
// falls back to English.
var letters = map[string]map[string]letter{
	"en": {
		"placed": {"Your order {order} is waiting for payment", "Dear {name},\n\nthank you for your order {order}. The pieces are kept for you until {until}. Please pay {amount} by then; afterwards they go back to the shop and nothing is charged.",
			"You need not answer this mail."},
		"paid": {"Your order {order} is paid", "Dear {name},\n\nyour payment of {amount} for the order {order} has arrived. The pieces are yours and are being packed.",
			"We write again when they are on their way."},
		"dispatched": {"Your order {order} is on its way", "Dear {name},\n\nyour order {order} has been sent to you. {parcel}",
			"If something is not right with a piece, please tell us within {days} days of its arrival."},
		"delivered": {"Your order {order} has arrived", "Dear {name},\n\nyour order {order} has been delivered. We hope that it pleases you.",
			"You may return it within {days} days: open the order's page and choose the piece."},
		"refunded": {"We have paid back money for the order {order}", "Dear {name},\n\nof your order {order} we have paid back {amount} so far, the way you paid.",
			"It can take your bank some days to show it."},
		"cancelled": {"Your order {order} is cancelled", "Dear {name},\n\nyour order {order} is cancelled. What you may have paid for it goes back to you, all of it.",
			"You need do nothing."},
		"return_requested": {"Your return of the order {order} is noted", "Dear {name},\n\nwe have noted that you want to send back pieces of the order {order}. Please write the order's number on the parcel.",
			"We pay back as soon as the pieces are here."},
		"return_received": {"Your return of the order {order} has arrived", "Dear {name},\n\nwhat you sent back of the order {order} is here. {amount} goes back to you the way you paid.",
			"The credit note is on the order's page."},
		"return_refused": {"About your return of the order {order}", "Dear {name},\n\nwe cannot take back the pieces of the order {order}. The reason is on the order's page.",
			"Please write to us if that is not right."},
		"exchanged": {"Your exchange for the order {order}", "Dear {name},\n\nwhat you sent back of the order {order} is here, and the other size is being packed for you. You pay nothing more.",
			"We write again when it is on its way."},
		"refund_due": {"Money goes back to you for the order {order}", "Dear {name},\n\nfor your order {order} {amount} goes back to you, the way you paid: the pieces were cancelled, or were gone when the money came.",
			"You need do nothing."},
	},
	"hi": {
		"placed": {"आपका ऑर्डर {order} भुगतान की प्रतीक्षा में है", "नमस्ते {name},\n\nऑर्डर {order} के लिए धन्यवाद। ये चीज़ें {until} तक आपके लिए रखी गई हैं। कृपया तब तक {amount} का भुगतान करें; उसके बाद ये दुकान में लौट जाएँगी और कोई पैसा नहीं लिया जाएगा।",
			"इस मेल का उत्तर देने की ज़रूरत नहीं है।"},
		"paid": {"आपके ऑर्डर {order} का भुगतान मिल गया", "नमस्ते {name},\n\nऑर्डर {order} के लिए आपका {amount} का भुगतान मिल गया है। ये चीज़ें अब आपकी हैं और पैक हो रही हैं।",
			"भेजने पर हम आपको फिर लिखेंगे।"},
		"dispatched": {"आपका ऑर्डर {order} भेज दिया गया है", "नमस्ते {name},\n\nआपका ऑर्डर {order} आपको भेज दिया गया है। {parcel}",
			"किसी चीज़ में कोई कमी हो तो कृपया मिलने के {days} दिन के भीतर हमें बताएँ।"},
		"delivered": {"आपका ऑर्डर {order} पहुँच गया", "नमस्ते {name},\n\nआपका ऑर्डर {order} पहुँचा दिया गया है। आशा है आपको पसंद आएगा।",
			"आप {days} दिन के भीतर लौटा सकते हैं: ऑर्डर का पन्ना खोलें और चीज़ चुनें।"},
		"refunded": {"ऑर्डर {order} का पैसा लौटा दिया गया", "नमस्ते {name},\n\nऑर्डर {order} के लिए अब तक {amount} उसी तरीके से लौटाए गए हैं जिससे आपने भुगतान किया था।",
			"बैंक में दिखने में कुछ दिन लग सकते हैं।"},
		"cancelled": {"आपका ऑर्डर {order} रद्द हो गया", "नमस्ते {name},\n\nआपका ऑर्डर {order} रद्द हो गया है। आपने जो भुगतान किया हो, पूरा लौटाया जाएगा।",
			"आपको कुछ नहीं करना है।"},
		"return_requested": {"ऑर्डर {order} की वापसी दर्ज हुई", "नमस्ते {name},\n\nहमने दर्ज किया है कि आप ऑर्डर {order} की चीज़ें लौटाना चाहते हैं। कृपया पार्सल पर ऑर्डर की संख्या लिखें।",
			"चीज़ें मिलते ही हम पैसा लौटाएँगे।"},
		"return_received": {"ऑर्डर {order} की वापसी मिल गई", "नमस्ते {name},\n\nऑर्डर {order} से लौटाई गई चीज़ें मिल गई हैं। {amount} उसी तरीके से लौटाए जाएँगे जिससे आपने भुगतान किया था।",
			"क्रेडिट नोट ऑर्डर के पन्ने पर है।"},
		"return_refused": {"ऑर्डर {order} की वापसी के बारे में", "नमस्ते {name},\n\nहम ऑर्डर {order} की चीज़ें वापस नहीं ले सकते। कारण ऑर्डर के पन्ने पर है।",
			"यह ठीक न लगे तो कृपया हमें लिखें।"},
		"exchanged": {"ऑर्डर {order} की बदली", "नमस्ते {name},\n\nऑर्डर {order} से लौटाई गई चीज़ें मिल गई हैं और दूसरा नाप आपके लिए पैक हो रहा है। आपको और कुछ नहीं देना है।",
			"भेजने पर हम फिर लिखेंगे।"},
		"refund_due": {"ऑर्डर {order} का पैसा आपको लौटाया जाएगा", "नमस्ते {name},\n\nऑर्डर {order} के लिए {amount} आपको उसी तरीके से लौटाए जाएँगे जिससे आपने भुगतान किया था: चीज़ें रद्द हुईं, या पैसा आने तक बिक चुकी थीं।",
			"आपको कुछ नहीं करना है।"},
	},
}
