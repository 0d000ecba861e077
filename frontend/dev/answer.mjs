/** Answers requests from the story, shaped as the contract says: `answer(method, url, body) -> {status, body, type?}`. */
import { CONNECTORS, ICONS, NODE_KINDS } from "./catalog.mjs";
import { previewOf } from "./preview.mjs";
import { factsOf, makeRun, makeStory } from "./story.mjs";
import { createTrials } from "./trials.mjs";

const problem = (status, code, title, detail, hint, errors) => ({
  status,
  body: { type: "about:blank", title, status, code, detail, hint, errors },
});
const notFound = () => problem(404, "not_found", "Not found", "There is nothing here.");
const ok = (body, status = 200) => ({ status, body });
const page = (items) => ok({ items, next: null });

const ENVIRONMENTS = ["sandbox", "development", "qa", "production"];
const versionOf = (flow, number) => ({
  id: `ver_${number}`,
  number,
  message: number === flow.latest_version ? "Receipts carry the order" : "",
  created_at: flow.updated_at,
  created_by: flow.updated_by,
  changes: number === 1 ? null : { added: 0, removed: 0, changed: 1, edges: 0, fields: 2 },
});
const atWork = (flow, environment) => ({
  environment,
  deployment: flow.deployments.find((row) => row.active && row.environment === environment) ?? null,
  earlier: null,
  last_run: null,
  runs_day: 0,
  failed_day: 0,
  kept: 0,
});

export function createStoryServer(story = makeStory()) {
  let counter = 100;
  const signedOut = {
    user: null,
    csrf_token: "x",
    tenants: [],
    demo: {
      people: [
        { email: "admin@demo.test", role: "admin" },
        { email: "analyst@demo.test", role: "analyst" },
        { email: "sales@demo.test", role: "sales" },
        { email: "viewer@demo.test", role: "viewer" },
      ],
    },
  };
  const trials = createTrials({ story, ok, page, problem, notFound });
  let session = story.session;
  const known = story.session;

  function answer(method, target, body) {
    const url = new URL(target, "http://story.test");
    const path = url.pathname.replace(/^\/api\/v1\//, "");
    if (path === "session/") return sessionOf(method, body);
    if (!session.user) return problem(401, "not_authenticated", "Not signed in", "Sign in first.");
    if (path === "node-kinds/") return ok(NODE_KINDS);
    const [, , ...rest] = path.split("/").filter(Boolean);
    const part = areas[rest[0]];
    return part ? part(method, rest.slice(1), body, url.searchParams) : notFound();
  }

  function sessionOf(method, body) {
    if (method === "DELETE") session = signedOut;
    if (method === "POST") {
      if (body.password !== "demo-password")
        return problem(400, "wrong_credentials", "Sign-in refused", "The e-mail or the password is wrong.");
      session = { ...known, user: { ...known.user, email: body.email } };
    }
    return method === "DELETE" ? { status: 204 } : ok(session);
  }

  const summary = ({ document, problems, ...flow }) => flow;
  function check(document) {
    const problems = [];
    const add = (code, pointer, message, hint, severity = "error") =>
      problems.push({ code, pointer, message, hint, severity });
    if (!document.nodes.some(({ kind }) => kind === "trigger"))
      add("no_trigger", "/nodes", "The flow has no trigger.", "Add one from the palette.");
    document.nodes.forEach((node, at) => {
      if (node.kind === "call" && !node.params.operation)
        add(
          "required",
          `/nodes/${at}/params/operation`,
          "Choose an operation.",
          "Pick one in the form of the step.",
        );
      if (node.kind !== "trigger" && !node.parent && !document.edges.some(({ to }) => to === node.id))
        add(
          "unreachable",
          `/nodes/${at}`,
          `Nothing leads to “${node.title ?? node.id}”.`,
          "Connect it, or remove it.",
          "warning",
        );
    });
    return problems;
  }
  function flows(method, [id, action, name, verb], body) {
    if (!id && method === "GET") return page(story.flows.map(summary));
    if (!id) {
      const flow = {
        ...structuredClone(story.flows[2]),
        id: `flow_${counter++}`,
        ...body,
        description: body.description ?? "",
        problems: check(body.document),
      };
      story.flows.unshift(flow);
      return ok(flow, 201);
    }
    const flow = story.flows.find((candidate) => candidate.id === id);
    if (!flow) return notFound();
    if (action === "check") return ok({ problems: check(body.document) });
    if (trials[action]) return trials[action](method, flow, [name, verb].filter(Boolean), body);
    if (action === "preview") {
      const preview = previewOf(body.document ?? flow.document, body);
      return preview
        ? ok(preview)
        : problem(422, "invalid_input", "Not that step", "The flow has no such step.");
    }
    if (action === "versions" && name) {
      const number = Number(name);
      if (!(number <= flow.latest_version)) return notFound();
      return ok({ ...versionOf(flow, number), document: flow.versions?.[number] ?? flow.document });
    }
    if (action === "versions" && method === "GET")
      return page(
        [...Array(flow.latest_version ?? 0)].map((_, at) => versionOf(flow, flow.latest_version - at)),
      );
    if (action === "at-work") return page(ENVIRONMENTS.map((environment) => atWork(flow, environment)));
    if (action === "versions") {
      const problems = check(flow.document).filter(({ severity }) => severity === "error");
      if (problems.length)
        return problem(
          422,
          "document_refused",
          "The draft has problems",
          problems[0].message,
          problems[0].hint,
          problems,
        );
      flow.latest_version = (flow.latest_version ?? 0) + 1;
      flow.versions = { ...flow.versions, [flow.latest_version]: structuredClone(flow.document) };
      return ok(
        {
          id: `ver_${counter++}`,
          number: flow.latest_version,
          message: body.message,
          created_at: new Date().toISOString(),
          created_by: flow.updated_by,
        },
        201,
      );
    }
    if (action === "deployments" && verb === "end") {
      flow.deployments = flow.deployments.filter(({ environment }) => environment !== name);
      return { status: 204 };
    }
    if (action === "deployments" && verb) {
      const deployment = flow.deployments.find(({ environment }) => environment === name);
      deployment.paused = verb === "pause";
      return ok(deployment);
    }
    if (action === "deployments" && method === "GET") return page(flow.deployments);
    if (action === "deployments") {
      const made = {
        ...story.flows[0].deployments[0],
        id: `dep_${counter++}`,
        ...body,
        active: true,
        paused: false,
      };
      flow.deployments = [
        ...flow.deployments.filter(({ environment }) => environment !== body.environment),
        made,
      ];
      return ok(made, 201);
    }
    if (action === "run") return ok({ run: start(flow).id }, 202);
    if (method === "DELETE") {
      story.flows = story.flows.filter((other) => other !== flow);
      return { status: 204 };
    }
    if (method === "PATCH") {
      if (body.draft_etag && body.draft_etag !== flow.draft_etag)
        return problem(
          409,
          "draft_conflict",
          "Somebody else changed this flow",
          "The draft was saved by another person since you opened it.",
          "Load it again, or keep yours.",
        );
      const { draft_etag, ...changes } = body;
      Object.assign(flow, changes, { draft_etag: `e${counter++}`, updated_at: new Date().toISOString() });
      flow.problems = check(flow.document);
      flow.problems_count = flow.problems.length;
    }
    return ok(flow);
  }

  /** A run whose facts arrive over about four seconds. */
  function start(flow) {
    const made = makeRun(counter++, "succeeded", 0, { id: flow.id, name: flow.name });
    const end = {
      finished_at: made.run.finished_at,
      summary: made.run.summary,
      duration_ms: made.run.duration_ms,
    };
    Object.assign(made.run, { status: "running", finished_at: null, duration_ms: null, summary: "" });
    made.live = { since: Date.now(), end };
    story.runs.unshift(made);
    return made.run;
  }
  function arrived(entry) {
    if (!entry.live) return entry.rows;
    const count = Math.min(entry.rows.length, 1 + Math.floor((Date.now() - entry.live.since) / 600));
    if (count === entry.rows.length) Object.assign(entry.run, entry.live.end, { status: "succeeded" });
    return entry.rows.slice(0, count);
  }
  function runs(_method, [id, action], body, search) {
    for (const entry of story.runs) arrived(entry);
    if (id === "stats") {
      const counts = {};
      for (const { run } of story.runs) counts[run.status] = (counts[run.status] ?? 0) + 1;
      return ok({ since: new Date().toISOString(), counts });
    }
    if (!id) {
      const statuses = search.get("status")?.split(",");
      const keep = ({ run }) =>
        (!statuses || statuses.includes(run.status)) &&
        (!search.get("q") || run.business_key.startsWith(search.get("q"))) &&
        (!search.get("environment") || run.environment === search.get("environment")) &&
        (!search.get("flow") || run.flow.id === search.get("flow")) &&
        (!search.get("since") || run.created_at >= search.get("since"));
      return page(
        story.runs
          .filter(keep)
          .map(({ run }) => run)
          .slice(0, Number(search.get("limit") ?? 50)),
      );
    }
    const entry = [...story.runs, ...story.trials].find(({ run }) => run.id === id);
    if (!entry) return notFound();
    const rows = arrived(entry);
    const done = ["succeeded", "failed", "cancelled", "uncertain"].includes(entry.run.status);
    if (action === "facts")
      return ok({
        items: rows.filter(({ seq }) => seq > Number(search.get("after") ?? 0)),
        last_seq: rows.at(-1).seq,
        finished: done,
      });
    if (action === "reads") return ok({ items: [] });
    if (action === "provenance") return problem(404, "not_told", "Not told", "There is no such rule.");
    if (action === "replay") return ok({ run: start(story.flows[0]).id }, 202);
    if (action === "cancel") {
      entry.rows = factsOf("cancelled", Date.parse(entry.run.created_at));
      Object.assign(entry.run, { status: "cancelled", wake_at: null });
      return ok({ run: id }, 202);
    }
    if (action === "resolve") {
      const whole = factsOf("succeeded", Date.now());
      const resolved = {
        type: "run_resolved",
        at: new Date().toISOString(),
        step: "create",
        by: "operator@demo.test",
        made: body.made,
        output: body.output ?? null,
      };
      const rest = whole.slice(body.made ? 5 : 4).map((row, at) => ({ ...row, seq: rows.length + 2 + at }));
      entry.rows = [...entry.rows, { seq: rows.length + 1, facts: [resolved] }, ...rest];
      Object.assign(entry.run, { status: "succeeded", error: null });
      return ok({ run: id }, 202);
    }
    const charge = factsOf("queued", 0) && story.flows[0].document;
    return ok({
      ...entry.run,
      document: charge,
      event: {
        id: "evt_01",
        received_at: entry.run.created_at,
        trigger: "webhook",
        headers: { "stripe-signature": "••••" },
        body: CONNECTORS[0].triggers[0].events[0].sample,
      },
      last_seq: rows.at(-1).seq,
      can: { cancel: !done, replay: done, resolve: entry.run.status === "uncertain" },
    });
  }

  function effects(_method, _rest, _body, search) {
    const entry = story.runs.find(({ run }) => run.id === search.get("run"));
    const status =
      entry?.run.status === "uncertain" ? "uncertain" : entry?.run.status === "failed" ? "rejected" : "done";
    const effect = (id, step, operation) => ({
      id,
      run_id: search.get("run"),
      step,
      connector: "epicor_kinetic",
      operation,
      effect_class: "findable",
      key: `order:${entry?.run.business_key}`,
      generation: 1,
      business_key: entry?.run.business_key ?? "",
      status,
      idempotency_key: "b1946ac92492d2347c6235b4d2611184",
      found: false,
      request: { PONum: entry?.run.business_key },
      answer: status === "done" ? { OrderNum: 5417 } : null,
      created_at: entry?.run.created_at,
      settled_at: entry?.run.finished_at,
    });
    return page(entry ? [effect("eff_01jd2", "create", "create_sales_order")] : []);
  }

  function connections(method, [id, action], body) {
    if (!id && method === "GET") return page(story.connections);
    if (!id) {
      const { credential, ...visible } = body;
      const made = {
        id: `con_${counter++}`,
        status: "untested",
        status_detail: {},
        created_at: new Date().toISOString(),
        updated_at: new Date().toISOString(),
        last_used_at: null,
        simulated: false,
        ...visible,
      };
      story.connections.push(made);
      return ok(made, 201);
    }
    const found = story.connections.find((candidate) => candidate.id === id);
    if (!found) return notFound();
    if (action === "health")
      return ok({
        status: found.status,
        status_detail: {},
        last_ok_at: found.last_used_at,
        last_failure: null,
        calls: 12,
        failed: 1,
        refused: 0,
        error_rate: 0.0833,
        hours: [{ at: found.created_at, calls: 12, failed: 1, refused: 0 }],
        waiting: { count: 0, runs: [] },
      });
    if (!action && method === "GET") return ok({ ...found, used_by: [], deployments: [] });
    if (action === "test") {
      found.status = found.status === "broken" ? "broken" : "ok";
      return ok(
        found.status === "ok"
          ? { ok: true, message: "The system answered: account acct_demo." }
          : { ok: false, message: "Expired API Key provided." },
      );
    }
    if (action === "rotate") found.status = "untested";
    if (method === "DELETE") {
      story.connections = story.connections.filter((other) => other !== found);
      return { status: 204 };
    }
    return ok(Object.assign(found, method === "PATCH" ? body : {}));
  }

  function tables(method, [name, part], body) {
    const shown = ({ rows, ...table }) => ({
      ...table,
      rows_count: rows.length,
      revision: table.revision ?? 1,
      flows_count: 1,
      used_by: [
        {
          flow: { id: "flow_o2c", name: "Order to cash" },
          version: null,
          environments: [],
          steps: [{ id: "order", title: "Map the order", target: "OrderDtls[].PartNum" }],
        },
      ],
    });
    if (!name && method === "GET") return page(story.tables.map(shown));
    if (!name) {
      story.tables.push({
        id: `tbl_${counter++}`,
        description: "",
        key_title: "Key",
        value_title: "Value",
        updated_at: new Date().toISOString(),
        ...body,
        rows: [],
      });
      return ok(shown(story.tables.at(-1)), 201);
    }
    const table = story.tables.find((candidate) => candidate.name === name);
    if (!table) return notFound();
    if (part === "sheet")
      return ok({ revision: table.revision ?? 1, rows: table.rows.map(({ key, value }) => [key, value]) });
    if (part === "history") return page([]);
    if (part === "rows" && method === "PATCH" && body.revision && body.revision !== (table.revision ?? 1))
      return { status: 409, body: { code: "table_moved", title: "Moved", detail: "Somebody else saved." } };
    if (part === "rows" && method !== "GET") table.revision = (table.revision ?? 1) + 1;
    if (part === "rows" && method === "GET") return page(table.rows);
    if (part === "rows" && method === "PUT") table.rows = body.rows;
    if (part === "rows" && method === "PATCH") {
      table.rows = table.rows.filter(
        ({ key }) => !(body.remove ?? []).includes(key) && !(key in (body.set ?? {})),
      );
      table.rows.push(...Object.entries(body.set ?? {}).map(([key, value]) => ({ key, value })));
    }
    if (part === "csv")
      return {
        status: 200,
        type: "text/csv",
        body: table.rows.map(({ key, value }) => `${key},${value}`).join("\n"),
      };
    if (method === "DELETE") {
      story.tables = story.tables.filter((other) => other !== table);
      return { status: 204 };
    }
    return ok(shown(table));
  }

  function connectors(_method, [name, file]) {
    if (!name) return page(CONNECTORS);
    if (file === "icon.svg") return { status: 200, type: "image/svg+xml", body: ICONS[name] };
    return ok(CONNECTORS.find((connector) => connector.name === name));
  }

  function sandbox(method, [area, id], body) {
    if (!area) return ok({ ...story.sandbox, faults: story.faults });
    if (area === "ledger") return ok({ collections: story.ledger[id] ?? {} });
    if (area === "play") {
      const play = `play_${counter++}`;
      const run = start(story.flows[0]);
      story.plays[play] = { since: Date.now(), scenario: body.scenario, run: run.id };
      return ok({ play }, 202);
    }
    if (area === "plays") {
      const play = story.plays[id];
      const names = [
        "The shop took one payment of 889.00 USD",
        "The event was accepted",
        "Epicor holds exactly one sales order",
        "Epicor holds exactly one cash receipt",
        "The amounts agree to the cent",
      ];
      const done = Math.floor((Date.now() - play.since) / 900);
      if (done >= 4 && story.ledger.epicor_kinetic.CashRecs.length === 0)
        story.ledger.epicor_kinetic.CashRecs.push({
          HeadNum: 902,
          CustNum: 118,
          DocTranAmt: 889,
          Reference: "ch_3QK7mB",
        });
      return ok({
        status: done >= names.length ? "finished" : "running",
        run: play.run,
        checks: names.map((name, at) => ({
          name,
          ok: at < done,
          detail: at < done ? "as it should be" : "",
        })),
      });
    }
    if (area === "faults" && method === "POST") story.faults.push({ id: counter++, ...body });
    if (area === "faults" && method === "DELETE")
      story.faults = story.faults.filter((fault) => String(fault.id) !== id);
    if (area === "faults") return ok({ items: story.faults });
    return ok({});
  }

  const list =
    (name, made) =>
    (method, [id], body) => {
      if (method === "GET") return page(story[name]);
      if (method === "POST") story[name].push(made(body));
      if (method === "DELETE") story[name] = story[name].filter((entry) => entry.id !== id);
      return method === "POST"
        ? ok({ ...story[name].at(-1), token: "ipaas_7Hs2kd93jsLqPz81mBvc" }, 201)
        : { status: 204 };
    };
  const areas = {
    flows,
    runs,
    effects,
    connections,
    "lookup-tables": tables,
    connectors,
    sandbox,
    templates: (method, [name]) =>
      method === "GET"
        ? name
          ? ok(story.templates.find((template) => template.name === name))
          : page(story.templates)
        : flows("POST", [], {
            name: story.templates.find((template) => template.name === name).title,
            document: structuredClone(story.templates[0].document),
          }),
    members: list("members", (body) => ({ id: String(counter++), name: "", ...body })),
    tokens: list("tokens", (body) => ({
      id: `tok_${counter++}`,
      prefix: "ipaas_7Hs",
      created_at: new Date().toISOString(),
      last_used_at: null,
      expires_at: null,
      revoked_at: null,
      ...body,
    })),
    audit: () => page(story.audit),
    environments: () =>
      page(["sandbox", "development", "qa", "production"].map((name) => ({ name, variables: {} }))),
  };
  return {
    answer,
    story,
    signOut: () => {
      session = signedOut;
    },
  };
}
