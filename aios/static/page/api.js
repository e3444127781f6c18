// Starts Swagger UI on the API page; its bundle is loaded before this file and defines SwaggerUIBundle.
/** @type {any} */ (window).SwaggerUIBundle({
  url: "/schema/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
});
