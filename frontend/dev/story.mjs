/** The story that the story server tells: flows, runs in every state, tables, people. Built anew for every server. */
import { CHARGE, CONNECTORS } from "./catalog.mjs";

const node = (id, kind, title, params, more = {}) => ({ id, kind, title, params, ...more });

export const ORDER_TO_CASH = {
  schema: 1,
  connections: { stripe: { connector: "stripe" }, epicor: { connector: "epicor_kinetic" } },
  settings: {
    business_key: "{{ trigger.body.data.object.id }}",
    lane: "{{ trigger.body.data.object.customer }}",
    timeout_seconds: 300,
  },
  nodes: [
    node("charge", "trigger", "Charge succeeded", {
      type: "webhook",
      connection: "stripe",
      event: "charge.succeeded",
    }),
    node("customer", "call", "Fetch the customer", {
      connection: "stripe",
      operation: "retrieve_customer",
      input: { id: "{{ trigger.body.data.object.customer }}" },
    }),
    node("kind", "condition", "Kind of charge", {
      branches: [{ port: "refund", when: "trigger.body.data.object.refunded" }],
      otherwise: "sale",
    }),
    node("refund", "fail", "Refunds go elsewhere", {
      message: "Charge {{ trigger.body.data.object.id }} is a refund.",
    }),
    node("lines", "call", "Fetch the lines", {
      connection: "stripe",
      operation: "list_line_items",
      input: { session: "{{ trigger.body.data.object.metadata.session }}" },
    }),
    node("each_line", "for_each", "For each line", { items: "steps.lines.data", concurrency: 4 }),
    node(
      "part",
      "lookup",
      "Part number",
      { table: "stripe_product_to_part", key: "{{ item.price.product }}", on_missing: "fail" },
      { parent: "each_line" },
    ),
    node(
      "order_line",
      "map",
      "Order line",
      {
        rules: [
          { target: "PartNum", source: "steps.part" },
          { target: "SellingQuantity", source: "item.quantity" },
        ],
      },
      { parent: "each_line" },
    ),
    node("order", "map", "Sales order fields", {
      rules: [
        { target: "Company", value: "EPIC06" },
        { target: "CustNum", source: "steps.customer.metadata.epicor_cust_num", default: 118 },
        { target: "PONum", source: "trigger.body.data.object.id" },
        {
          target: "DocOrderAmt",
          source: "trigger.body.data.object.amount",
          transforms: [{ fn: "minor_to_decimal", currency: "trigger.body.data.object.currency" }],
        },
        { target: "OrderDtls", source: "steps.each_line" },
        { target: "OrderComment", expression: "'Stripe ' ~ trigger.body.id" },
      ],
    }),
    node(
      "create",
      "call",
      "Create the sales order",
      { connection: "epicor", operation: "create_sales_order", input: "{{ steps.order }}" },
      { retry: { attempts: 5, first_seconds: 1, factor: 2, max_seconds: 300 } },
    ),
    node("receipt", "call", "Record the payment", {
      connection: "epicor",
      operation: "create_cash_receipt",
      input: {
        CustNum: "{{ steps.order.CustNum }}",
        DocTranAmt: "{{ steps.order.DocOrderAmt }}",
        Reference: "{{ trigger.body.data.object.id }}",
        OrderNum: "{{ steps.create.OrderNum }}",
      },
    }),
    node("back", "call", "Write the order number back", {
      connection: "stripe",
      operation: "update_charge",
      input: {
        id: "{{ trigger.body.data.object.id }}",
        metadata: { epicor_order: "{{ steps.create.OrderNum }}" },
      },
    }),
  ],
  edges: [
    { from: "charge", to: "customer" },
    { from: "customer", to: "kind" },
    { from: "kind", port: "refund", to: "refund" },
    { from: "kind", port: "sale", to: "lines" },
    { from: "lines", to: "each_line" },
    { from: "part", to: "order_line" },
    { from: "each_line", to: "order" },
    { from: "order", to: "create" },
    { from: "create", to: "receipt" },
    { from: "receipt", to: "back" },
  ],
  layout: {},
};

const OUTPUTS = {
  charge: CHARGE,
  customer: sample("stripe", "retrieve_customer"),
  kind: { port: "sale" },
  lines: sample("stripe", "list_line_items"),
  each_line: [
    { PartNum: "LAMP-01", SellingQuantity: 2 },
    { PartNum: "SHADE-07", SellingQuantity: 1 },
  ],
  order: {
    Company: "EPIC06",
    CustNum: 118,
    PONum: "ch_3QK7mB2eZvKYlo2C1h8d",
    DocOrderAmt: 889,
    OrderDtls: [
      { PartNum: "LAMP-01", SellingQuantity: 2 },
      { PartNum: "SHADE-07", SellingQuantity: 1 },
    ],
    OrderComment: "Stripe evt_1QK7mC2eZvKYlo2C",
  },
  create: sample("epicor_kinetic", "create_sales_order"),
  receipt: sample("epicor_kinetic", "create_cash_receipt"),
  back: sample("stripe", "update_charge"),
};

function sample(connector, operation) {
  return CONNECTORS.find(({ name }) => name === connector).operations.find(({ name }) => name === operation)
    .sample.output;
}

const ERRORS = {
  failed: {
    class: "rejected",
    code: "part_invalid",
    message: "Part SHADE-70 is not valid in company EPIC06.",
    hint: "Mend the row in the table stripe_product_to_part, then replay.",
    field: "OrderDtls/1/PartNum",
    detail: {},
    step: "create",
  },
  uncertain: {
    class: "uncertain",
    code: "no_answer",
    message: "The sales order was sent and no answer came back within 30 s.",
    hint: "Look in Epicor for an order with this PO number, then say whether it was made.",
    field: null,
    detail: {},
    step: "create",
  },
  waiting: {
    class: "try_again",
    code: "rate_limited",
    message: "Epicor asks to wait 40 s before the next request.",
    hint: null,
    field: null,
    detail: { after_seconds: 40 },
  },
};

/** The journal of a run of ORDER_TO_CASH that ended (or stopped) the given way. */
export function factsOf(status, startedAt) {
  let now = startedAt;
  const at = (ms) => {
    now += ms;
    return new Date(now).toISOString();
  };
  const rows = [
    { seq: 1, facts: [{ type: "run_admitted", at: at(0), trigger_node: "charge", event_id: "evt_01" }] },
  ];
  if (status === "queued") return rows;
  const add = (...facts) => rows.push({ seq: rows.length + 1, facts });
  const call = (step, connector, operation, attempt, input, error) => {
    const started = { type: "step_started", at: at(14), step, attempt, input };
    const answer = error ? { error: { message: error.message } } : OUTPUTS[step];
    const record = {
      connection: `${connector === "stripe" ? "Stripe" : "Epicor"} sandbox`,
      connector,
      operation,
      effect_id: operation.startsWith("create") ? "eff_01jd2" : null,
      effect_class: operation.startsWith("create") ? "findable" : "read",
      reused: false,
      found: false,
      exchanges: [
        {
          method: operation.startsWith("create") ? "POST" : "GET",
          url: `https://${connector === "stripe" ? "api.stripe.com/v1/customers/cus_R3nQd1" : "erp.example.com/api/v2/odata/EPIC06/Erp.BO.SalesOrderSvc/SalesOrders"}`,
          request_headers: { Authorization: "Bearer •••• 4242", Accept: "application/json" },
          request_body: operation.startsWith("create") ? input : null,
          status: error
            ? error.code === "part_invalid"
              ? 400
              : error.code === "rate_limited"
                ? 429
                : null
            : 200,
          response_headers: { "content-type": "application/json" },
          response_body: answer,
          duration_ms: 182,
        },
      ],
    };
    const made = { type: "call_made", at: at(182), step, attempt, record, error: error ?? null };
    if (error) return [started, made];
    return [
      started,
      made,
      { type: "step_succeeded", at: at(2), step, attempt, port: "out", output: OUTPUTS[step] },
    ];
  };
  add(
    ...call("customer", "stripe", "retrieve_customer", 1, { id: "cus_R3nQd1" }),
    { type: "step_succeeded", at: at(1), step: "kind", attempt: 1, port: "sale", output: OUTPUTS.kind },
    { type: "step_skipped", at: at(0), step: "refund" },
  );
  add(...call("lines", "stripe", "list_line_items", 1, { session: "cs_1" }), {
    type: "step_opened",
    at: at(1),
    step: "each_line",
    count: 2,
    items: OUTPUTS.lines.data,
  });
  add(
    ...[0, 1].flatMap((index) => [
      {
        type: "step_succeeded",
        at: at(2),
        step: `each_line[${index}].part`,
        attempt: 1,
        port: "out",
        output: OUTPUTS.each_line[index].PartNum,
      },
      {
        type: "step_succeeded",
        at: at(1),
        step: `each_line[${index}].order_line`,
        attempt: 1,
        port: "out",
        output: OUTPUTS.each_line[index],
      },
    ]),
    {
      type: "step_succeeded",
      at: at(1),
      step: "each_line",
      attempt: 1,
      port: "out",
      output: OUTPUTS.each_line,
    },
    { type: "step_succeeded", at: at(1), step: "order", attempt: 1, port: "out", output: OUTPUTS.order },
  );
  const error = ERRORS[status];
  if (error) {
    const retry_at = status === "waiting" ? new Date(Date.now() + 40_000).toISOString() : null;
    add(
      ...call("create", "epicor_kinetic", "create_sales_order", 1, OUTPUTS.order, error),
      { type: "step_failed", at: at(3), step: "create", attempt: 1, error, retry_at, port: null },
      ...(retry_at ? [] : [{ type: "run_finished", at: at(1), status, error }]),
    );
    return rows;
  }
  if (status === "cancelled") {
    add(
      { type: "run_cancelled", at: at(20), by: "operator@demo.test", reason: "Test order" },
      { type: "run_finished", at: at(1), status: "cancelled", error: null },
    );
    return rows;
  }
  add(...call("create", "epicor_kinetic", "create_sales_order", 1, OUTPUTS.order));
  add(...call("receipt", "epicor_kinetic", "create_cash_receipt", 1, { CustNum: 118, DocTranAmt: 889 }));
  add(...call("back", "stripe", "update_charge", 1, { id: "ch_3QK7mB2eZvKYlo2C1h8d" }), {
    type: "run_finished",
    at: at(1),
    status: "succeeded",
    error: null,
  });
  return rows;
}

const SUMMARIES = {
  succeeded: "Fetch the customer, Create the sales order, Record the payment, Write the order number back",
  failed: `Create the sales order: ${ERRORS.failed.message}`,
  uncertain: `Create the sales order: ${ERRORS.uncertain.message}`,
  waiting: "waits at Create the sales order: Epicor asks to wait 40 s",
  queued: "",
  cancelled: "cancelled by operator@demo.test: Test order",
};

export function makeRun(number, status, age, flow = { id: "flow_o2c", name: "Order to cash" }) {
  const created = Date.now() - age;
  const rows = factsOf(status, created);
  const last = Date.parse(rows.at(-1).facts.at(-1).at);
  const finished = ["succeeded", "failed", "cancelled", "uncertain"].includes(status);
  return {
    run: {
      id: `run_01jd2k7q${String(number).padStart(18, "0")}`,
      flow,
      version: 7,
      environment: "sandbox",
      status,
      business_key: `ch_3QK7m${String.fromCharCode(65 + (number % 26))}2eZvKYlo2C1h${number}`,
      summary: SUMMARIES[status] ?? "",
      created_at: new Date(created).toISOString(),
      started_at: status === "queued" ? null : new Date(created + 8).toISOString(),
      finished_at: finished ? new Date(last).toISOString() : null,
      wake_at: status === "waiting" ? new Date(Date.now() + 40_000).toISOString() : null,
      attempts: status === "queued" ? 0 : 5,
      duration_ms: finished ? last - created : null,
      error: ERRORS[status] && status !== "waiting" ? ERRORS[status] : null,
      replay_of: null,
    },
    rows,
  };
}

export function makeStory() {
  const now = new Date().toISOString();
  const person = { id: "2", name: "Ada Analyst" };
  const deployment = (environment, version, paused = false) => ({
    id: `dep_${environment}`,
    environment,
    version,
    active: true,
    paused,
    connections: { stripe: "con_stripe", epicor: "con_epicor" },
    webhook_url: "http://127.0.0.1:8000/hooks/q8Zt3vN4kD2m",
    created_at: now,
    created_by: person,
  });
  const flow = (id, name, description, document, more) => ({
    id,
    name,
    description,
    created_at: now,
    updated_at: new Date(Date.now() - 3_600_000 * (id.length % 7)).toISOString(),
    updated_by: person,
    draft_etag: "e1",
    latest_version: 7,
    deployments: [],
    problems_count: 0,
    trigger: { type: "webhook", connector: "stripe", event: "charge.succeeded" },
    document,
    problems: [],
    ...more,
  });
  const small = {
    ...ORDER_TO_CASH,
    nodes: ORDER_TO_CASH.nodes.slice(0, 2),
    edges: ORDER_TO_CASH.edges.slice(0, 1),
  };
  const statuses = [
    "succeeded",
    "waiting",
    "succeeded",
    "uncertain",
    "succeeded",
    "failed",
    "succeeded",
    "succeeded",
    "queued",
    "succeeded",
    "cancelled",
    "succeeded",
  ];
  return {
    session: {
      user: { id: "2", email: "analyst@demo.test", name: "Ada Analyst" },
      csrf_token: "x",
      tenants: [
        {
          slug: "demo",
          name: "Demo Trading",
          role: "admin",
          permissions: [
            "view",
            "edit_flows",
            "deploy_sandbox",
            "deploy",
            "operate_runs",
            "manage_connections",
            "use_connections",
            "play_sandbox",
            "manage_members",
            "manage_tables",
          ],
        },
      ],
    },
    flows: [
      flow(
        "flow_o2c",
        "Order to cash",
        "A payment in the shop becomes customer, sales order and cash receipt in Epicor.",
        structuredClone(ORDER_TO_CASH),
        { deployments: [deployment("sandbox", 7), deployment("production", 6)] },
      ),
      flow(
        "flow_refunds",
        "Refunds to credit memos",
        "Money given back becomes a credit memo, with the reason mapped.",
        structuredClone(small),
        {
          problems_count: 2,
          latest_version: 3,
          trigger: { type: "webhook", connector: "stripe", event: "charge.refunded" },
          deployments: [deployment("sandbox", 3, true)],
        },
      ),
      flow("flow_payouts", "Payout reconciliation", "", structuredClone(small), { latest_version: null }),
    ],
    trials: [],
    runs: statuses.map((status, at) => makeRun(at + 11, status, 30_000 + at * at * 90_000)),
    connections: [
      {
        id: "con_stripe",
        name: "Stripe sandbox",
        connector: "stripe",
        environment: "sandbox",
        auth_kind: "api_key",
        config: {},
        simulated: true,
        status: "ok",
        status_detail: {},
        created_at: now,
        updated_at: now,
        last_used_at: now,
      },
      {
        id: "con_epicor",
        name: "Epicor sandbox",
        connector: "epicor_kinetic",
        environment: "sandbox",
        auth_kind: "basic",
        config: { host: "erp.example.com", company: "EPIC06" },
        simulated: true,
        status: "ok",
        status_detail: {},
        created_at: now,
        updated_at: now,
        last_used_at: now,
      },
      {
        id: "con_live",
        name: "Stripe live",
        connector: "stripe",
        environment: "production",
        auth_kind: "api_key",
        config: {},
        simulated: false,
        status: "broken",
        status_detail: { message: "Stripe says: Expired API Key provided.", hint: "Rotate the key." },
        created_at: now,
        updated_at: now,
        last_used_at: now,
      },
    ],
    tables: [
      {
        id: "tbl_1",
        name: "stripe_product_to_part",
        title: "Stripe product to Epicor part",
        description: "Which part is sold under which Stripe product.",
        key_title: "Stripe product",
        value_title: "Epicor part",
        rows_count: 4,
        updated_at: now,
        rows: [
          ["prod_LAMP", "LAMP-01"],
          ["prod_SHADE", "SHADE-07"],
          ["prod_BULB", "BULB-11"],
          ["prod_CORD", "CORD-02"],
        ].map(([key, value]) => ({ key, value })),
      },
    ],
    templates: [
      {
        name: "stripe_order_to_cash",
        title: "Order to cash",
        summary: "A paid charge becomes an order and a receipt in Epicor.",
        purpose: "Orders",
        explanation: ["Stripe reports a charge.", "Epicor gets the order."],
        table_rows: [
          {
            name: "stripe_product_to_part",
            title: "Stripe product to Epicor part",
            key_title: "Product",
            value_title: "Part",
            rows: [{ key: "prod_LAMP", value: "LAMP-01" }],
          },
        ],
        description: "A charge in Stripe becomes customer, sales order and cash receipt in Epicor Kinetic.",
        needs: [
          { alias: "stripe", connector: "stripe" },
          { alias: "epicor", connector: "epicor_kinetic" },
        ],
        tables: ["stripe_product_to_part"],
        document: ORDER_TO_CASH,
      },
    ],
    members: [
      ["1", "admin@demo.test", "Max Admin", "admin"],
      ["2", "analyst@demo.test", "Ada Analyst", "analyst"],
      ["3", "sales@demo.test", "Sam Sales", "sales"],
    ].map(([id, email, name, role]) => ({ id, email, name, role })),
    tokens: [
      {
        id: "tok_1",
        name: "Nightly export",
        prefix: "ipaas_9f2",
        created_at: now,
        last_used_at: now,
        expires_at: null,
        revoked_at: null,
      },
    ],
    audit: [
      ["flow.deployed", "flow", "flow_o2c", { version: 7, environment: "sandbox" }],
      ["connection.created", "connection", "con_epicor", {}],
      ["session.signed_in", "user", "2", {}],
    ].map(([action, target_type, target_id, detail], at) => ({
      id: `aud_${at}`,
      at: now,
      actor_label: "Ada Analyst",
      action,
      target_type,
      target_id,
      detail,
      ip: "127.0.0.1",
    })),
    sandbox: {
      systems: [
        {
          system: "stripe",
          base_url: "http://127.0.0.1:8000/sandbox/demo/stripe",
          credentials: { secret_key: "sk_test_sandbox4eC39Hq", webhook_secret: "whsec_sandbox81Jd" },
        },
        {
          system: "epicor_kinetic",
          base_url: "http://127.0.0.1:8000/sandbox/demo/epicor_kinetic",
          credentials: { username: "demo", password: "demo-erp", api_key: "k-1138", company: "EPIC06" },
        },
      ],
      scenarios: [
        { name: "stripe_checkout", title: "A customer pays in the shop", covers: ["D1"] },
        { name: "timeout_after_commit", title: "Epicor commits, the answer is lost", covers: ["C7"] },
        { name: "duplicate_webhook", title: "Stripe sends the same event twice", covers: ["C9"] },
        { name: "rate_limited", title: "Epicor asks to slow down", covers: ["C8"] },
      ],
    },
    faults: [],
    plays: {},
    ledger: {
      stripe: {
        charges: [
          { id: "ch_3QK7mB", amount: 88900, currency: "usd", status: "succeeded", customer: "cus_R3nQd1" },
        ],
        customers: [{ id: "cus_R3nQd1", name: "Lena Brandt", email: "lena.brandt@example.com" }],
      },
      epicor_kinetic: {
        Customers: [{ CustNum: 118, CustID: "BRANDT", Name: "Lena Brandt" }],
        SalesOrders: [{ OrderNum: 5417, CustNum: 118, PONum: "ch_3QK7mB", DocOrderAmt: 889 }],
        CashRecs: [],
      },
    },
  };
}
