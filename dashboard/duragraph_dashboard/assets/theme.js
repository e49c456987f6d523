// Choose light or dark before the first paint: the viewer's choice, else JupyterLab's theme, else the system's.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function labTheme() {
    try {
      const light = window.parent !== window && window.parent.document.body.dataset.jpThemeLight;
      return light ? (light === "true" ? "light" : "dark") : null;
    } catch {
      return null; // A frame of another origin: its theme is not ours to read.
    }
  }

  function apply() {
    const chosen = localStorage.getItem("duragraph-theme");
    root.dataset.theme = chosen || labTheme() || (system.matches ? "dark" : "light");
    root.dispatchEvent(new Event("duragraph-theme"));
  }

  apply();
  system.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    document.querySelector(".theme").addEventListener("click", () => {
      localStorage.setItem("duragraph-theme", root.dataset.theme === "dark" ? "light" : "dark");
      apply();
    });
  });
})();
