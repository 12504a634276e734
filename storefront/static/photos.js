// Photos: they are made small on the phone and sent one by one, again when the
// network breaks. Without this file the form sends them as they are.
const widths = [240, 480, 960, 1600], most = 400_000, tries = 6;
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); addEventListener("online", done, { once: true }); });
const blobOf = (canvas, type, quality) => new Promise((done) => canvas.toBlob(done, type, quality));

const drawn = (source, width, height) => {
	const canvas = document.createElement("canvas"), on = canvas.getContext("2d");
	canvas.width = width;
	canvas.height = height;
	on.fillStyle = "#fff";
	on.fillRect(0, 0, width, height);
	on.imageSmoothingQuality = "high";
	on.drawImage(source, 0, 0, width, height);
	return canvas;
};

// A photo upright in all widths that the shop shows, as WebP in one file, or the
// widest as JPEG where the browser makes no WebP. Its place and camera stay behind.
const shrunk = async (file) => {
	const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
	for (const limit of [1600, 1120, 800, 480]) {
		const widest = Math.min(picture.width, limit), wanted = widths.filter((w) => w < widest).concat(widest).reverse();
		const sizes = [];
		for (const w of wanted) sizes.push(drawn(sizes[sizes.length - 1] || picture, w, Math.max(1, Math.round(w * picture.height / picture.width))));
		for (let quality = 0.82; quality > 0.3; quality *= 0.8) {
			const all = await Promise.all(sizes.map((c) => blobOf(c, "image/webp", quality)));
			const blob = all[0] && all[0].type === "image/webp" ? new Blob(all) : await blobOf(sizes[0], "image/jpeg", quality);
			if (blob && blob.size <= most) return { blob, preview: sizes[sizes.length - 1] };
		}
	}
	throw new Error("too large");
};

const send = (method, address, body, moved) => new Promise((done) => {
	const r = new XMLHttpRequest();
	r.open(method, address);
	if (address.startsWith("/")) r.setRequestHeader("Accept", "application/json");
	r.timeout = 120_000;
	if (moved) r.upload.onprogress = (e) => moved(e.loaded / e.total);
	r.onload = () => {
		let told = {};
		try { told = JSON.parse(r.responseText); } catch { /* S3 answers nothing */ }
		done({ status: r.status, told });
	};
	r.onerror = r.ontimeout = r.onabort = () => done({ status: 0, told: {} });
	r.send(body);
});
const passing = (status) => status === 0 || status === 408 || status === 429 || status >= 500;
const formOf = (pairs) => { const f = new FormData(); for (const name in pairs) f.append(name, pairs[name]); return f; };

// Straight to the store when the server offers an address there, else through it.
const upload = async (piece, blob, moved) => {
	const here = "/studio/pieces/" + piece, offer = await send("POST", here + "/uploads", formOf({ size: blob.size }));
	if (offer.status !== 200) return offer;
	if (!offer.told.address) return send("POST", here + "/photos", formOf({ photos: new File([blob], "photo") }), moved);
	const put = await send("PUT", offer.told.address, blob, moved);
	return put.status === 200 ? send("POST", here + "/photos", formOf({ staged: offer.told.name })) : { status: 0, told: {} };
};

for (const form of document.querySelectorAll("form[data-photos]")) {
	const input = form.querySelector("input[type=file]"), list = form.querySelector("[data-chosen]"), alert = form.querySelector("[role=alert]");
	const state = form.querySelector("[role=status]"), bar = form.querySelector("progress"), button = form.querySelector("button[type=submit]"), says = form.dataset;
	let piece = says.photos, chosen = [], making = Promise.resolve();
	const say = (where, text) => { where.textContent = text || ""; };

	const choose = async (file) => {
		say(state, says.shrinking);
		try {
			const one = await shrunk(file), item = document.createElement("li"), drop = document.createElement("button");
			drop.type = "button";
			drop.className = "button quiet-button";
			say(drop, says.drop);
			drop.onclick = () => { chosen = chosen.filter((c) => c !== one); item.remove(); };
			one.item = item;
			item.append(one.preview, drop);
			list.append(item);
			chosen.push(one);
		} catch {
			say(alert, says.unreadable.replace("{name}", file.name));
		}
		say(state, "");
	};
	input.addEventListener("change", () => {
		say(alert, "");
		const files = [...input.files];
		input.value = "";
		for (const file of files) making = making.then(() => choose(file));
	});

	// Repeats what the network broke; anything else is for her to read.
	const persist = async (task) => {
		for (let n = 0; ; n++) {
			const { status, told } = await task();
			if (status >= 200 && status < 300) return told;
			if (!passing(status)) throw told.said || says.failed;
			if (n + 1 === tries) throw told.said || says.failed;
			say(state, says.waiting);
			await pause(400 * 2 ** n);
		}
	};
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		if (button.disabled) return;
		button.disabled = true;
		say(alert, "");
		try {
			await making;
			const fields = new FormData(form);
			fields.delete("photos");
			if (!piece) piece = (await persist(() => send("POST", form.getAttribute("action"), fields))).id;
			bar.hidden = false;
			const all = chosen.length;
			for (let n = 1; chosen.length; n++) {
				const one = chosen[0], at = says.sending.replace("{n}", n).replace("{of}", all);
				await persist(() => { say(state, at); return upload(piece, one.blob, (part) => { bar.value = (n - 1 + part) / all; }); });
				chosen.shift();
				one.item.remove();
			}
			location.assign("/studio/pieces/" + piece);
		} catch (said) {
			say(state, "");
			say(alert, typeof said === "string" ? said : says.failed);
			bar.hidden = true;
			button.disabled = false;
		}
	});
}
