// Lists the operations of /openapi.json with their parameters, bodies and answers.
(async () => {
  const root = document.getElementById("operations");
  const api = await (await fetch("/openapi.json")).json();
  root.textContent = "";
  const el = (tag, text, parent) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    parent.append(e);
    return e;
  };
  const resolve = (s) => (s && s.$ref ? api.components.schemas[s.$ref.split("/").pop()] : s) || {};
  const typeOf = (s) => s.$ref ? s.$ref.split("/").pop() : Array.isArray(s.type) ? s.type.join(" | ") + (s.items ? " of " + typeOf(s.items) : "") :
    s.type === "array" ? "list of " + typeOf(s.items) : s.enum ? s.enum.join(" | ") : s.type || "any";
  const table = (schema, parent) => {
    const s = resolve(schema);
    if (!s.properties) return el("p", typeOf(schema), parent);
    const t = el("table", undefined, parent);
    for (const [name, p] of Object.entries(s.properties)) {
      const tr = el("tr", undefined, t);
      el("code", name + ((s.required || []).includes(name) ? "" : "?"), el("td", undefined, tr));
      el("td", typeOf(p), tr);
      el("td", p.description || "", tr);
    }
  };
  const byTag = {};
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, op] of Object.entries(methods))
      (byTag[(op.tags || ["Other"])[0]] ||= []).push({ path, method, op });
  for (const [tag, ops] of Object.entries(byTag)) {
    el("h2", tag, root);
    for (const { path, method, op } of ops) {
      const d = el("details", undefined, root);
      d.id = op.operationId;
      const s = el("summary", undefined, d);
      el("code", method.toUpperCase() + " " + path, s);
      s.append(" " + (op.summary || ""));
      for (const p of op.parameters || []) {
        const line = el("p", undefined, d);
        el("code", p.name, line);
        line.append(` (${p.in}) ${p.description || ""}`);
      }
      for (const [type, c] of Object.entries(op.requestBody?.content || {})) {
        el("h3", "Body, " + type, d);
        table(c.schema, d);
      }
      for (const [status, r] of Object.entries(op.responses || {})) {
        el("h3", "Answer " + status, d);
        for (const c of Object.values(r.content || {})) table(c.schema, d);
      }
    }
  }
})();
