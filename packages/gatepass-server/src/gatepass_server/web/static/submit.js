// Sends the one form of the page by itself. Without this script its button does.
"use strict";

document.querySelector("form[data-submit]").submit();
