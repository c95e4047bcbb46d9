"use strict";
// A small webshop on an origin of its own. API (the address of the Checkout API) comes from config.js.
const $ = (id) => document.getElementById(id);

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Calls the API with the token of the last answer and throws what an answer names as errors.
async function api(method, path, body) {
  const headers = { Accept: "application/json" };
  const token = localStorage.getItem("token");
  if (token) headers["API-token"] = token;
  if (method !== "GET") headers["Content-Type"] = "application/json";
  const answer = await fetch(`${API}/${path}`, {
    method, headers, body: method === "GET" ? undefined : JSON.stringify(body || {}),
  });
  const data = await answer.json();
  if (data.token) localStorage.setItem("token", data.token);
  if (data.selection) $("count").textContent = data.selection.totals.totalQuantity;
  if (data.errors) {
    const words = data.messages || Object.entries(data.errors).map(([field, why]) => `${field}: ${why}`);
    throw Object.assign(new Error(words.join(", ")), { data });
  }
  return data;
}

const query = new URLSearchParams(location.search);

const pages = {
  async index() {
    await api("GET", "selection");
    const { products } = await api("POST", "products", { limit: 12 });
    $("products").append(...products.map((product) =>
      element("a", { href: `product.html?uri=${encodeURIComponent(product.uri)}` },
        element("img", { src: product.media.standard[0], alt: product.name }),
        element("div", { className: "name" }, product.name),
        element("div", { className: "price" }, product.price))));
  },

  async product() {
    await api("GET", "selection");
    const { product } = await api("POST", "uri", { uri: query.get("uri"), for: ["product"] });
    document.title = $("name").textContent = product.name;
    $("price").textContent = product.price;
    $("picture").src = product.media.standard[0];
    $("size").append(...product.items.map((item) =>
      element("option", { value: item.item, disabled: item.stock === "no" }, item.name || "One size")));
    $("add").addEventListener("click", guarded(() => api("POST", `items/${$("size").value}`)));
  },

  async cart() {
    const show = ({ selection }) => {
      $("total").textContent = selection.totals.grandTotalPrice;
      $("lines").replaceChildren(...selection.items.map((line) => {
        const more = element("button", { className: "more" }, "+"), less = element("button", { className: "less" }, "−");
        more.addEventListener("click", guarded(async () => show(await api("POST", `lines/${line.line}/quantity/1`))));
        less.addEventListener("click", guarded(async () => show(await api("DELETE", `lines/${line.line}/quantity/1`))));
        return element("tr", {}, element("td", {}, line.product.name), element("td", {}, line.size),
          element("td", { className: "quantity" }, String(line.quantity)), element("td", {}, less, more),
          element("td", {}, line.totalPrice));
      }));
    };
    $("voucher").addEventListener("submit", guarded(async (event) => {
      show(await api("POST", "vouchers", { voucher: event.target.elements.code.value }));
    }));
    show(await api("GET", "selection"));
  },

  async checkout() {
    const show = ({ selection, countries, location: place, shippingMethods, paymentMethods, paymentFields }) => {
      $("total").textContent = selection.totals.grandTotalPrice;
      $("country").replaceChildren(element("option", { value: "" }, "Choose"), ...countries.map((country) =>
        element("option", { value: country.country, selected: country.country === place.country }, country.name)));
      choices("shipping", shippingMethods, "shippingMethod", selection.shippingMethod, "price");
      choices("payment", paymentMethods, "paymentMethod", selection.paymentMethod, "handlingCost");
      if (!$("fields").childElementCount) {
        $("fields").append(...Object.entries(paymentFields.address)
          .filter(([name, field]) => field.visible && field.type === "string" && name !== "country")
          .map(([name, field]) => element("label", {}, `${name} `, element("input", { name, required: field.required }))));
      }
    };
    const choices = (id, methods, key, chosen, price) => {
      $(id).replaceChildren($(id).firstElementChild, ...methods.map((method) => {
        const input = element("input", { type: "radio", name: id, value: method[key], checked: method[key] === chosen });
        input.addEventListener("change", guarded(async () => show(await api("PUT", `${id}-methods/${input.value}`))));
        return element("label", {}, input, ` ${method.name} ${method[price]}`);
      }));
    };
    $("country").addEventListener("change", guarded(async () => {
      show(await api("PUT", `countries/${$("country").value}`, { language: document.documentElement.lang }));
    }));
    $("form").addEventListener("submit", guarded(async () => {
      const address = { country: $("country").value };
      for (const input of $("fields").querySelectorAll("input")) if (input.value) address[input.name] = input.value;
      await follow(await api("POST", "payment", {
        paymentReturnPage: new URL("return.html?from=checkout", location).href,
        paymentFailedPage: new URL("failed.html", location).href,
        termsAndConditions: $("terms").checked,
        address,
      }));
    }));
    show(await api("GET", "selection"));
  },

  async return() {
    await api("POST", "payment-result", { paymentMethodFields: fieldsOfProvider() });
    location.replace("receipt.html");
  },

  async failed() {
    await api("GET", "selection");
    await api("POST", "payment-result", { paymentMethodFields: fieldsOfProvider() });
  },

  async receipt() {
    const { order } = await api("GET", "receipt");
    $("order").textContent = order.order;
    $("status").textContent = order.statusDescription;
    $("total").textContent = order.totals.grandTotalPrice;
    $("address").textContent = `${order.address.firstName} ${order.address.lastName}, ${order.address.city}`;
    $("lines").append(...order.items.map((line) => element("tr", {}, element("td", {}, line.product.name),
      element("td", {}, line.size), element("td", {}, String(line.quantity)), element("td", {}, line.totalPrice))));
  },
};

// What the answer of POST /payment asks for.
async function follow(answer) {
  if (answer.action === "redirect") location.href = answer.url;
  else if (answer.action === "success") location.href = "receipt.html";
  else if (answer.action === "form") {
    $("widget").innerHTML = answer.formHtml;
    for (const script of $("widget").querySelectorAll("script:not([type='application/json'])")) {
      script.replaceWith(element("script", { textContent: script.textContent }));
    }
  } else throw new Error(`unknown action ${answer.action}`);
}

// All that the browser brought back, by GET and by POST (the server writes posted fields into the page).
function fieldsOfProvider() {
  const posted = $("posted");
  return { ...Object.fromEntries(query), ...(posted ? JSON.parse(posted.textContent) : {}) };
}

function guarded(action) {
  return async (event) => {
    if (event) event.preventDefault();
    $("problem").textContent = "";
    document.body.dataset.ready = "no";
    try {
      await action(event);
    } catch (error) {
      $("problem").textContent = error.message;
    }
    document.body.dataset.ready = "yes";
  };
}

guarded(pages[document.body.dataset.page])();
