// What pages do beyond what the server does: no form is sent twice, and the PIN
// fills town and State. Everything works without it.
addEventListener("submit", (e) => {
	const f = e.target;
	if (f.method === "get") return;
	if (f.dataset.sent) return e.preventDefault();
	f.dataset.sent = "1";
	const b = e.submitter;
	setTimeout(() => {
		if (e.defaultPrevented) delete f.dataset.sent;
		else if (b) b.disabled = true;
	});
	// A download leaves the page standing.
	setTimeout(() => { delete f.dataset.sent; if (b) b.disabled = false; }, 4000);
});
addEventListener("pageshow", () => {
	for (const f of document.forms) {
		delete f.dataset.sent;
		for (const b of f.querySelectorAll("button")) b.disabled = false;
	}
});

const form = document.querySelector("[data-checkout]");
if (form) {
	const { pin, city, state } = form.elements;
	let town = "", region = "";
	pin.addEventListener("input", async () => {
		const code = pin.value.replace(/\s/g, "");
		if (!/^[1-9]\d{5}$/.test(code)) return;
		const answer = await fetch("/pin/" + code).then((r) => r.json()).catch(() => null);
		if (!answer || code !== pin.value.replace(/\s/g, "")) return;
		if (city.value === town) city.value = town = answer.city;
		if (state.value === region) state.value = region = answer.state;
		price();
	});
	// What delivery costs is known as soon as the PIN is; ordering asks again if
	// this did not come in time.
	const price = async () => {
		const body = new URLSearchParams(new FormData(form));
		const text = await fetch("/checkout/price", { method: "POST", body }).then((r) => r.ok ? r.text() : "").catch(() => "");
		const page = new DOMParser().parseFromString(text, "text/html");
		if (form.dataset.sent) return;
		for (const e of page.querySelectorAll("[data-priced]")) {
			const ours = document.getElementById(e.id);
			if (e.matches("input")) ours.value = e.value;
			else ours.innerHTML = e.innerHTML;
		}
	};
}

// A reference is copied by a tap; without this it is selected and copied by hand.
if (navigator.clipboard) for (const b of document.querySelectorAll("[data-copy]")) {
	b.hidden = false;
	b.addEventListener("click", () => navigator.clipboard.writeText(b.dataset.copy).then(() => { b.textContent = b.dataset.done; }, () => {}));
}

// While words are typed, what may be meant stands below the box.
for (const box of document.querySelectorAll("[data-suggest]")) {
	const field = box.form || box.closest("form"), q = field.elements.q;
	let waits = 0;
	q.autocomplete = "off";
	q.addEventListener("input", () => {
		clearTimeout(waits);
		waits = setTimeout(async () => {
			const asked = q.value;
			const text = asked.trim() ? await fetch("/suggest?q=" + encodeURIComponent(asked)).then((r) => r.ok ? r.text() : "").catch(() => "") : "";
			if (asked !== q.value) return;
			box.innerHTML = text;
			box.hidden = !text.trim();
		}, 150);
	});
	field.addEventListener("keydown", (e) => { if (e.key === "Escape") box.hidden = true; });
	field.addEventListener("focusout", (e) => { if (!field.contains(e.relatedTarget)) setTimeout(() => { box.hidden = true; }, 200); });
}
