// The challenge in a frame has ended: tells the page around it, which closes it.
"use strict";
const done = document.getElementById("challenged");
window.parent.postMessage({ source: "prep-stripe", type: "challenged" }, done.dataset.origin);
