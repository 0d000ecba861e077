/** Connectors, node kinds and transforms of the story server: a small, believable slice of the real registry. */

const text = (title, more = {}) => ({ type: "string", title, ...more });
const object = (properties, required = [], more = {}) => ({ type: "object", properties, required, ...more });

const mark = (letter, colour) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="${colour}"/><text x="12" y="17.5" font-family="sans-serif" font-weight="700" font-size="15" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
export const ICONS = { stripe: mark("S", "#635bff"), epicor_kinetic: mark("E", "#1c7c6e") };

export const CHARGE = {
  id: "evt_1QK7mC2eZvKYlo2C",
  type: "charge.succeeded",
  created: 1763712000,
  data: {
    object: {
      id: "ch_3QK7mB2eZvKYlo2C1h8d",
      object: "charge",
      amount: 88900,
      currency: "usd",
      customer: "cus_R3nQd1",
      description: "Order 10231",
      paid: true,
      receipt_email: "lena.brandt@example.com",
      metadata: { order: "10231", channel: "web" },
      billing_details: {
        name: "Lena Brandt",
        address: { line1: "Hauptstrasse 12", city: "Hamburg", postal_code: "20095", country: "DE" },
      },
      refunded: false,
    },
  },
};

const eventSchema = object({
  id: text("Event id"),
  type: text("Kind of event"),
  created: { type: "integer", title: "Created" },
  data: object({
    object: object({
      id: text("Charge id"),
      amount: { type: "integer", title: "Amount in minor units" },
      currency: text("Currency"),
      customer: text("Customer id"),
      description: text("Description"),
      metadata: { type: "object", title: "Metadata" },
    }),
  }),
});

export const CONNECTORS = [
  {
    name: "stripe",
    title: "Stripe",
    description: "Payments, customers, refunds and payouts.",
    category: "payments",
    icon_url: "/api/v1/tenants/demo/connectors/stripe/icon.svg",
    has_simulator: true,
    auth: [
      {
        kind: "api_key",
        title: "Secret key",
        fields: object(
          {
            secret_key: text("Secret key", {
              format: "password",
              description: "Begins with sk_ or rk_. Found under Developers, API keys.",
            }),
            webhook_secret: text("Webhook signing secret", {
              format: "password",
              description: "Only for endpoints made by hand.",
            }),
          },
          ["secret_key"],
        ),
      },
    ],
    config: object({ account: text("Connected account", { description: "Only for platforms: acct_…" }) }),
    operations: [
      {
        name: "retrieve_customer",
        title: "Retrieve a customer",
        description: "Reads one customer by its id.",
        effect: "read",
        input: object({ id: text("Customer id", { description: "cus_…" }) }, ["id"]),
        output: object({
          id: text("Id"),
          email: text("E-mail"),
          name: text("Name"),
          metadata: object({ epicor_cust_id: text("Epicor customer") }),
        }),
        sample: {
          input: { id: "cus_R3nQd1" },
          output: {
            id: "cus_R3nQd1",
            email: "lena.brandt@example.com",
            name: "Lena Brandt",
            metadata: { epicor_cust_id: "BRANDT" },
          },
        },
      },
      {
        name: "list_line_items",
        title: "List line items of a checkout session",
        description: "All lines of a checkout.",
        effect: "read",
        input: object({ session: text("Session id") }, ["session"]),
        output: object({
          data: {
            type: "array",
            items: object({
              id: text("Id"),
              price: object({ product: text("Product") }),
              quantity: { type: "integer", title: "Quantity" },
              amount_total: { type: "integer", title: "Amount" },
            }),
          },
        }),
        sample: {
          input: {},
          output: {
            data: [
              { id: "li_1", price: { product: "prod_LAMP" }, quantity: 2, amount_total: 49800 },
              { id: "li_2", price: { product: "prod_SHADE" }, quantity: 1, amount_total: 39100 },
            ],
          },
        },
      },
      {
        name: "update_charge",
        title: "Update a charge",
        description: "Sets description and metadata of a charge.",
        effect: "idempotent",
        input: object(
          {
            id: text("Charge id"),
            metadata: { type: "object", title: "Metadata", additionalProperties: { type: "string" } },
          },
          ["id"],
        ),
        output: object({ id: text("Id") }),
        sample: { output: { id: "ch_3QK7mB2eZvKYlo2C1h8d" } },
      },
      {
        name: "create_refund",
        title: "Refund a charge",
        description: "Gives money back.",
        effect: "keyed",
        input: object(
          {
            charge: text("Charge id"),
            amount: {
              type: "integer",
              title: "Amount",
              description: "In minor units; all of it when left out.",
            },
            reason: {
              type: "string",
              title: "Reason",
              enum: ["duplicate", "fraudulent", "requested_by_customer"],
            },
          },
          ["charge"],
        ),
        output: object({ id: text("Id") }),
        sample: { output: { id: "re_1" } },
      },
    ],
    triggers: [
      {
        type: "webhook",
        title: "Stripe event",
        events: [
          {
            name: "charge.succeeded",
            title: "Charge succeeded",
            description: "A payment went through.",
            schema: eventSchema,
            sample: CHARGE,
          },
          {
            name: "charge.refunded",
            title: "Charge refunded",
            description: "Money was given back.",
            schema: eventSchema,
            sample: { ...CHARGE, type: "charge.refunded" },
          },
          {
            name: "checkout.session.completed",
            title: "Checkout completed",
            description: "A customer finished the checkout.",
            schema: eventSchema,
            sample: CHARGE,
          },
        ],
      },
    ],
  },
  {
    name: "epicor_kinetic",
    title: "Epicor Kinetic",
    description: "Customers, sales orders, invoices and cash receipts of the ERP.",
    category: "erp",
    icon_url: "/api/v1/tenants/demo/connectors/epicor_kinetic/icon.svg",
    has_simulator: true,
    auth: [
      {
        kind: "basic",
        title: "User and API key",
        fields: object(
          {
            username: text("User"),
            password: text("Password", { format: "password" }),
            api_key: text("API key", { format: "password" }),
          },
          ["username", "password", "api_key"],
        ),
      },
      {
        kind: "token_login",
        title: "Token",
        fields: object({ username: text("User"), password: text("Password", { format: "password" }) }, [
          "username",
          "password",
        ]),
      },
    ],
    config: object(
      {
        host: text("Host", { description: "Without https://, such as erp.example.com" }),
        company: text("Company", { description: "Company id, such as EPIC06" }),
      },
      ["host", "company"],
    ),
    operations: [
      {
        name: "find_customer",
        title: "Find a customer",
        description: "By customer id.",
        effect: "read",
        input: object({ CustID: text("Customer id") }, ["CustID"]),
        output: object({
          CustNum: { type: "integer", title: "Number" },
          CustID: text("Customer id"),
          Name: text("Name"),
        }),
        sample: { output: { CustNum: 118, CustID: "BRANDT", Name: "Lena Brandt" } },
      },
      {
        name: "create_sales_order",
        title: "Create a sales order",
        description: "An order with its lines, in one go.",
        effect: "findable",
        input: object(
          {
            Company: text("Company"),
            CustNum: { type: "integer", title: "Customer number" },
            PONum: text("PO number", {
              description: "Used to find the order again, so that it is never made twice.",
            }),
            OrderComment: text("Comment"),
            DocOrderAmt: { type: "number", title: "Order amount" },
            OrderDtls: {
              type: "array",
              title: "Lines",
              items: object({
                PartNum: text("Part"),
                SellingQuantity: { type: "number", title: "Quantity" },
              }),
            },
          },
          ["Company", "CustNum", "PONum"],
        ),
        output: object({
          OrderNum: { type: "integer", title: "Order number" },
          OrderAmt: { type: "number", title: "Amount" },
        }),
        sample: { output: { OrderNum: 5417, OrderAmt: 889 } },
      },
      {
        name: "create_cash_receipt",
        title: "Create a cash receipt",
        description: "Money received, against an invoice or as deposit.",
        effect: "findable",
        input: object(
          {
            CustNum: { type: "integer", title: "Customer number" },
            DocTranAmt: { type: "number", title: "Amount" },
            Reference: text("Reference"),
            OrderNum: { type: "integer", title: "Order" },
          },
          ["CustNum", "DocTranAmt", "Reference"],
        ),
        output: object({ HeadNum: { type: "integer", title: "Receipt" } }),
        sample: { output: { HeadNum: 902 } },
      },
    ],
    triggers: [],
  },
];

const params = (properties, required = []) => ({
  ...object(properties, required),
  additionalProperties: false,
});
const kind = (kind, title, description, shape, ports, params_schema) => ({
  kind,
  title,
  description,
  icon: kind,
  shape,
  ports,
  params_schema,
});
export const NODE_KINDS = {
  items: [
    kind(
      "trigger",
      "Trigger",
      "Starts a run when something happens outside, at a time, or by hand.",
      "start",
      ["out"],
      params(
        {
          type: { title: "Starts by", enum: ["webhook", "schedule", "poll", "manual"] },
          connection: text("Connection", { format: "connection" }),
          event: text("Event", { format: "event" }),
          cron: text("Times", { description: "Cron text: 0 7 * * 1-5" }),
          time_zone: text("Time zone", { format: "time-zone" }),
          operation: text("Look with", { format: "operation" }),
          input: { title: "Input of the operation" },
          every_seconds: { type: "integer", title: "Look every (seconds)", minimum: 10, maximum: 86400 },
          items: text("Where the news are in the answer"),
          event_id: text("What makes one of them unique"),
        },
        ["type"],
      ),
    ),
    kind(
      "map",
      "Map fields",
      "Builds an object from the values of earlier steps, field by field.",
      "step",
      ["out", "error"],
      params({ rules: { type: "array", title: "Rules", format: "mapping" } }, ["rules"]),
    ),
    kind(
      "lookup",
      "Look up",
      "Finds a value in a lookup table, such as the part number for a product.",
      "step",
      ["out", "error"],
      params(
        {
          table: text("Table", { format: "lookup-table" }),
          key: text("Key", { format: "template" }),
          on_missing: {
            title: "When the key is missing",
            enum: ["fail", "null", "default"],
            default: "fail",
          },
          default: { title: "Default value", description: "Used when a missing key takes the default." },
        },
        ["table", "key"],
      ),
    ),
    kind(
      "condition",
      "Condition",
      "Chooses the way a run goes on.",
      "branch",
      ["otherwise", "error"],
      params(
        {
          branches: {
            type: "array",
            title: "Branches",
            items: params({ port: text("Way out"), when: text("When", { format: "expression" }) }, [
              "port",
              "when",
            ]),
          },
          otherwise: text("Otherwise", { default: "otherwise" }),
        },
        ["branches"],
      ),
    ),
    kind(
      "call",
      "Call",
      "Does something in another system through one of its operations.",
      "step",
      ["out", "error"],
      params(
        {
          connection: text("Connection", { format: "connection" }),
          operation: text("Operation", { format: "operation" }),
          input: { title: "Input", type: ["object", "string"], format: "operation-input" },
        },
        ["connection", "operation"],
      ),
    ),
    kind(
      "for_each",
      "For each",
      "Runs the steps inside it once for every item of a list.",
      "loop",
      ["out", "error"],
      params(
        {
          items: text("Items", { format: "expression" }),
          collect: text("Keep of each item", {
            format: "expression",
            description: "Without it, the output of the last step inside is kept.",
          }),
          concurrency: { type: "integer", title: "At the same time", minimum: 1, maximum: 50, default: 4 },
          on_item_error: { title: "When an item fails", enum: ["fail", "continue"], default: "fail" },
        },
        ["items"],
      ),
    ),
    kind(
      "validate",
      "Validate",
      "Checks that a value has the form it should have.",
      "branch",
      ["out", "invalid", "error"],
      params(
        {
          value: text("Value", { format: "template", default: "{{ trigger.body }}" }),
          schema: { type: ["object", "boolean"], title: "JSON Schema", format: "json-schema" },
        },
        ["schema"],
      ),
    ),
    kind(
      "respond",
      "Respond",
      "Answers the caller of the trigger; the run goes on.",
      "step",
      ["out", "error"],
      params({
        status: { type: ["integer", "string"], title: "Status", default: 200 },
        body: { title: "Body", format: "template" },
        headers: { type: "object", title: "Headers", additionalProperties: { type: "string" } },
      }),
    ),
    kind(
      "fail",
      "Fail",
      "Ends the run as failed, with a message for a person.",
      "end",
      [],
      params(
        {
          message: text("Message", { format: "template" }),
          code: text("Code", { default: "failed_by_flow" }),
        },
        ["message"],
      ),
    ),
  ],
  transforms: [
    {
      fn: "minor_to_decimal",
      title: "Cents to decimal",
      description: "Turns minor units into an amount, by the currency's own exponent.",
      params_schema: params({ currency: text("Currency", { format: "path" }) }, ["currency"]),
      example: { in: 88900, out: "889.00" },
    },
    {
      fn: "upper",
      title: "Upper case",
      description: "All letters large.",
      params_schema: params({}),
      example: { in: "usd", out: "USD" },
    },
    {
      fn: "lookup",
      title: "Look up",
      description: "Takes the value from a lookup table.",
      params_schema: params({ table: text("Table", { format: "lookup-table" }) }, ["table"]),
    },
    {
      fn: "date",
      title: "Date",
      description: "Reads a date and writes it in another form and time zone.",
      params_schema: params({ to: text("Form", { default: "%Y-%m-%d" }), time_zone: text("Time zone") }),
    },
    {
      fn: "concat",
      title: "Join",
      description: "Joins texts.",
      params_schema: params({ separator: text("Between", { default: " " }) }),
    },
  ],
};
