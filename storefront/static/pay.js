// Stripe's payment form on our page; the card's number goes to Stripe alone.
addEventListener("DOMContentLoaded", () => {
	const form = document.getElementById("pay");
	const said = document.getElementById("pay-said");
	const { key, secret, back, lang, failed } = form.dataset;
	if (!window.Stripe) {
		said.textContent = failed;
		return;
	}
	const stripe = Stripe(key, { locale: lang === "en" ? "en" : "auto" });
	const elements = stripe.elements({ clientSecret: secret });
	elements.create("payment").mount("#pay-form");
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		const button = form.querySelector("button");
		button.disabled = true;
		const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: back } });
		said.textContent = (error && error.message) || failed;
		button.disabled = false;
	});
});
