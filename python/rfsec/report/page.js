// SPDX-License-Identifier: GPL-3.0-or-later
// Sorts the table, ties each row to its box in the spectrogram, and stretches the spectrogram in time.
"use strict";
const body = document.querySelector("tbody");
const boxes = new Map([...document.querySelectorAll(".boxes button")].map((box) => [box.dataset.burst, box]));
const rows = new Map(body ? [...body.rows].map((row) => [row.dataset.burst, row]) : []);
const pairOf = (element) => {
  const one = element.closest && element.closest("[data-burst]");
  return one ? [boxes.get(one.dataset.burst), rows.get(one.dataset.burst)] : [];
};

for (const [type, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(type, (event) => {
    for (const one of pairOf(event.target)) if (one) one.classList.toggle("over", on);
  });
}

function pick(element) {
  const [box, row] = pairOf(element);
  if (!row) return;
  const was = row.classList.contains("picked");
  for (const one of document.querySelectorAll(".picked")) one.classList.remove("picked");
  if (was) return;
  for (const one of [box, row]) if (one) one.classList.add("picked");
  if (element.closest(".boxes")) row.scrollIntoView({ block: "nearest" });
  else if (box) {
    const scroll = document.querySelector(".scroll");
    scroll.scrollLeft = box.offsetLeft - scroll.clientWidth / 2;
  }
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("th, .legend")) pick(event.target);
});
document.addEventListener("keydown", (event) => {
  const row = event.target.closest && event.target.closest("tbody tr");
  if (!row) return;
  const step = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
  if (step) step.focus();
  else if (event.key === "Enter" || event.key === " ") pick(row);
  else return;
  event.preventDefault();
});

for (const head of document.querySelectorAll("th[aria-sort]")) {
  head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const number = !head.classList.contains("text");
    const key = (row) => row.cells[head.cellIndex].dataset.value;
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === ""); // what isn't known stays below
      return (number ? x - y : x.localeCompare(y)) * (down ? -1 : 1);
    };
    body.append(...[...body.rows].sort(compare));
    for (const one of document.querySelectorAll("th[aria-sort]")) one.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  });
}

for (const button of document.querySelectorAll(".zoom button")) {
  button.addEventListener("click", () => {
    const scroll = document.querySelector(".scroll");
    const strip = document.querySelector(".strip");
    const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / strip.offsetWidth;
    strip.style.setProperty("--zoom", button.value);
    scroll.scrollLeft = middle * strip.offsetWidth - scroll.clientWidth / 2;
    for (const one of document.querySelectorAll(".zoom button")) one.setAttribute("aria-pressed", one === button);
  });
}
document.querySelector(".zoom").hidden = false;
