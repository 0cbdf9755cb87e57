// Opens the browser's print dialogue for a page that was asked for to be printed. The page says what to do without this script.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());
