(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  var button = document.querySelector(".code-switch");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var shown = root.classList.toggle("show-code");
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = shown ? button.dataset.hide : button.dataset.show;
    });
  }

  var contents = document.querySelector(".toc details");
  var narrow = window.matchMedia("(max-width: 63.99rem)");
  function foldContents() {
    if (contents) { contents.open = !narrow.matches; }
  }
  foldContents();
  narrow.addEventListener("change", foldContents);

  // A link into a folded part must show its target.
  function unfoldTarget() {
    var id = decodeURIComponent(window.location.hash.slice(1));
    var target = id && document.getElementById(id);
    if (!target) { return; }
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") { part.open = true; }
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", unfoldTarget);
  unfoldTarget();

  // What paper must hold is unfolded for it where the style sheet cannot do that.
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.prototype.slice.call(document.querySelectorAll("details.fold-tip:not([open])"));
    unfolded.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    unfolded.forEach(function (part) { part.open = false; });
  });

  // A long list is narrowed by what is typed.
  var finder = document.getElementById("finder");
  if (finder) {
    finder.parentElement.hidden = false;
    finder.addEventListener("input", function () {
      var wanted = finder.value.trim().toLocaleLowerCase("ru");
      var found = 0;
      document.querySelectorAll(".organisations li").forEach(function (item) {
        item.hidden = item.textContent.toLocaleLowerCase("ru").indexOf(wanted) < 0;
        found += item.hidden ? 0 : 1;
      });
      document.querySelectorAll("section:has(> .organisations)").forEach(function (kind) {
        kind.hidden = !kind.querySelector("li:not([hidden])");
      });
      document.querySelector(".finder-count").textContent = wanted ? "Найдено: " + found : "";
    });
  }

  // Only what really scrolls is a stop for the keyboard.
  var regions = Array.prototype.slice.call(document.querySelectorAll(".table-scroll, .figure-scroll, pre, math[display=block]"));
  function markScrolling() {
    regions.forEach(function (region) {
      var scrolls = region.scrollWidth > region.clientWidth + 1;
      region.classList.toggle("is-scrolling", scrolls);
      if (scrolls) { region.tabIndex = 0; } else { region.removeAttribute("tabindex"); }
      if (region.tagName === "DIV") {
        if (scrolls) { region.setAttribute("role", "region"); } else { region.removeAttribute("role"); }
      }
    });
  }
  markScrolling();
  window.addEventListener("resize", markScrolling);
  document.addEventListener("toggle", markScrolling, true);

  var links = Array.prototype.slice.call(document.querySelectorAll(".toc a"));
  var sections = links.map(function (link) {
    return document.getElementById(decodeURIComponent(link.hash.slice(1)));
  });
  function markCurrent() {
    var current = 0;
    sections.forEach(function (section, place) {
      if (section && section.getBoundingClientRect().top < 120) { current = place; }
    });
    links.forEach(function (link, place) {
      if (place === current) { link.setAttribute("aria-current", "true"); }
      else { link.removeAttribute("aria-current"); }
    });
  }
  if (links.length) {
    markCurrent();
    window.addEventListener("scroll", markCurrent, { passive: true });
  }
})();
