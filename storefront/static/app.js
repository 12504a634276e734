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
	});
}
