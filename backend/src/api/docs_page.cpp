#include "api/docs_page.hpp"

#include <string_view>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::api {
namespace {

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--get:#0972d3;--post:#037f0c}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem}
h1{font-size:1.6rem;margin:0}h2{margin:2rem 0 .5rem;text-transform:capitalize}
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0}
summary{cursor:pointer;display:flex;flex-wrap:wrap;gap:.2rem .8rem;padding:.5rem .8rem}
summary b{min-width:3.2rem}summary b.get{color:var(--get)}summary b.post{color:var(--post)}
summary code{font-weight:600}.inside{border-top:1px solid var(--line);padding:.8rem}
label{display:block;margin:.5rem 0}input,textarea,select{font:inherit;max-width:100%;padding:.3rem .5rem;width:32rem}
textarea{font-family:ui-monospace,monospace;height:8rem}
pre{background:var(--soft);border-radius:6px;max-height:24rem;overflow:auto;padding:.6rem;white-space:pre-wrap}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.2rem .6rem;text-align:left;vertical-align:top}
button{font:inherit;padding:.3rem 1rem}
)css";

constexpr std::string_view kScript = R"js(
"use strict";
const make = (tag, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
};
const token = document.getElementById("token");
token.value = sessionStorage.getItem("token") || "";
token.onchange = () => sessionStorage.setItem("token", token.value.trim());

async function signIn() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/auth/token", {method: "POST", headers: {"content-type": "application/json"},
                                             body: JSON.stringify({code})});
  const body = await answer.json();
  document.getElementById("signin").textContent = answer.ok ? "You are signed in." : body.detail;
  if (answer.ok) { token.value = body.access_token; token.onchange(); }
}

function example(schema, all, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return example(all[schema.$ref.split("/").pop()], all, depth + 1);
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return example(schema.anyOf[0], all, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") return Object.fromEntries(Object.entries(schema.properties || {})
      .map(([name, inner]) => [name, example(inner, all, depth + 1)]));
  if (type === "array") return [example(schema.items, all, depth + 1)];
  return {string: "", integer: 0, number: 0, boolean: false}[type] ?? null;
}

function operationNode(path, method, operation, all) {
  const inside = make("div", {className: "inside"});
  if (operation.description) inside.append(make("p", {}, operation.description));
  const inputs = (operation.parameters || []).map((parameter) => {
    const input = make("input", {placeholder: parameter.in});
    inside.append(make("label", {}, make("code", {}, parameter.name), ` ${parameter.description} `, make("br"), input));
    return [parameter, input];
  });
  const json = operation.requestBody?.content["application/json"];
  const form = operation.requestBody?.content["multipart/form-data"];
  let body = null;
  if (json) {
    body = make("textarea", {value: JSON.stringify(example(json.schema, all), null, 2)});
    inside.append(make("label", {}, "Body (JSON)", make("br"), body));
  } else if (form) {
    body = make("input", {type: "file", multiple: true});
    inside.append(make("label", {}, "Files", make("br"), body));
  }
  const send = make("button", {type: "button"}, "Send");
  const out = make("pre", {hidden: true});
  out.setAttribute("aria-live", "polite");
  send.onclick = async () => {
    let url = path;
    const query = new URLSearchParams();
    const headers = {};
    if (token.value) headers.authorization = "Bearer " + token.value.trim();
    for (const [parameter, input] of inputs) {
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value && parameter.in === "query") query.set(parameter.name, input.value);
      else if (input.value) headers[parameter.name] = input.value;
    }
    if (query.size) url += "?" + query;
    let payload;
    if (json) { headers["content-type"] = "application/json"; payload = body.value; }
    else if (form) { payload = new FormData(); for (const file of body.files) payload.append("files", file); }
    out.hidden = false;
    out.textContent = "…";
    try {
      const answer = await fetch(url, {method: method.toUpperCase(), headers, body: payload});
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      out.textContent = `${answer.status} ${answer.statusText}\n\n${shown}`;
    } catch (error) { out.textContent = String(error); }
  };
  const table = make("table", {}, make("tr", {}, make("th", {}, "Status"), make("th", {}, "Means"), make("th", {}, "Body")));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const schema = Object.values(answer.content || {})[0]?.schema;
    const name = schema?.$ref ? schema.$ref.split("/").pop() : Object.keys(answer.content || {})[0] || "";
    table.append(make("tr", {}, make("td", {}, status), make("td", {}, answer.description), make("td", {}, make("code", {}, name))));
  }
  inside.append(make("p", {}, send), out, table);
  return make("details", {id: operation.operationId}, make("summary", {}, make("b", {className: method}, method.toUpperCase()),
              make("code", {}, path), make("span", {}, operation.summary)), inside);
}

async function show() {
  const description = await (await fetch("/openapi.json")).json();
  document.getElementById("version").textContent = description.info.version;
  const tags = new Map();
  for (const [path, methods] of Object.entries(description.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const list = tags.get(operation.tags[0]) || [];
      list.push(operationNode(path, method, operation, description.components.schemas));
      tags.set(operation.tags[0], list);
    }
  const main = document.getElementById("operations");
  for (const tag of ["upload", "jobs", "documents", "identity", "service"])
    if (tags.has(tag)) main.append(make("h2", {}, tag), ...tags.get(tag));
  const schemas = make("details", {}, make("summary", {}, make("code", {}, "Schemas")),
      make("pre", {}, JSON.stringify(description.components.schemas, null, 2)));
  main.append(make("h2", {}, "schemas"), schemas);
}
signIn().finally(show);
)js";

}  // namespace

const std::string& docs_page() {
    static const std::string kPage =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>agent2-ingestor API</title><style>" +
        std::string(kStyle) +
        "</style></head><body><header><h1>agent2-ingestor <small id=\"version\"></small></h1>"
        "<p>Documents in, Markdown and chunks out. "
        "<a href=\"/openapi.json\">openapi.json</a></p>"
        "<label>Bearer token (<code>agent2-ingestor token</code>)<br>"
        "<input id=\"token\" type=\"password\" autocomplete=\"off\"></label>"
        "<p id=\"signin\" aria-live=\"polite\"></p></header><main id=\"operations\"></main>"
        "<script>" +
        std::string(kScript) + "</script></body></html>\n";
    return kPage;
}

const std::string& docs_policy() {
    static const std::string kPolicy =
        "default-src 'none'; connect-src 'self'; img-src data:; style-src 'sha256-" +
        to_base64(sha256(kStyle)) + "'; script-src 'sha256-" + to_base64(sha256(kScript)) +
        "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return kPolicy;
}

}  // namespace ingestor::api
