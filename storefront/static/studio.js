// The studio's forms. The techniques of the craft that is chosen stand open.
const facts = document.querySelector("[data-facts]");
if (facts) facts.elements.craft.addEventListener("change", () => {
	for (const d of facts.querySelectorAll("[data-craft]")) d.open = d.dataset.craft === facts.elements.craft.value || !!d.querySelector(":checked");
});

// What a price card would be is asked of the server while it is typed; only the
// newest answer is shown. The button that asks by hand is not needed then.
for (const card of document.querySelectorAll("form[data-check]")) {
	let waits = 0, newest = 0;
	card.querySelector("[data-ask]").hidden = true;
	const ask = async () => {
		const mine = ++newest, body = new URLSearchParams(new FormData(card));
		const text = await fetch(card.dataset.check, { method: "POST", body }).then((r) => r.ok ? r.text() : "").catch(() => "");
		if (!text || mine !== newest) return;
		const page = new DOMParser().parseFromString(text, "text/html");
		for (const e of page.querySelectorAll("[data-checked]")) {
			const ours = document.getElementById(e.id);
			if (ours && ours.innerHTML !== e.innerHTML) ours.innerHTML = e.innerHTML;
		}
	};
	card.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(ask, 300); });
}
