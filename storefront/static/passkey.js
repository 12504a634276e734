// Passkeys: the browser asks for finger, face or screen lock, and its answer goes
// with the form. Without this file the password does the same.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const keys = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }));

// Browsers of before 2024 neither read options from JSON nor write answers as such.
const ways = {
	create: (o) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON ? PublicKeyCredential.parseCreationOptionsFromJSON(o)
		: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: keys(o.excludeCredentials) } }),
	get: (o) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON ? PublicKeyCredential.parseRequestOptionsFromJSON(o)
		: { ...o, challenge: bytes(o.challenge), allowCredentials: keys(o.allowCredentials) } }),
};
const written = (key) => {
	if (key.toJSON) return key.toJSON();
	const r = key.response, out = { clientDataJSON: text(r.clientDataJSON) };
	for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (r[part]) out[part] = text(r[part]);
	if (r.getTransports) out.transports = r.getTransports();
	return { id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(), response: out };
};

const wanted = async (form) => {
	const answer = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(new FormData(form)) });
	const told = await answer.json();
	if (!answer.ok) throw { said: told.said };
	return told;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
	const { passkey, failed, stopped, taken } = form.dataset;
	const alert = form.querySelector("[role=alert]"), buttons = form.querySelectorAll("button"), decision = form.elements.decision;
	let busy = false;
	const busily = (now) => { busy = now; for (const b of buttons) b.disabled = now; };
	if (!window.PublicKeyCredential) {
		const unable = document.getElementById("passkey-unable");
		if (unable) unable.hidden = false;
		continue;
	}
	form.hidden = false;
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		if (busy) return;
		if (decision) decision.value = e.submitter ? e.submitter.value : "";
		busily(true);
		alert.textContent = "";
		try {
			form.elements.answer.value = JSON.stringify(written(await ways[passkey](await wanted(form))));
			if (form.elements.password) form.elements.password.disabled = true; // it is not sent twice
			form.submit();
		} catch (error) {
			alert.textContent = error.said || { NotAllowedError: stopped, AbortError: stopped, InvalidStateError: taken }[error.name] || failed;
			busily(false);
		}
	});
}
// Back from the page it led to, the form begins anew.
addEventListener("pageshow", (e) => { if (e.persisted && document.querySelector("form[data-passkey]")) location.reload(); });
