/** The story server's samples, events, trials and tests of a flow: `trialsOf(flow)` answers what lies below that flow.
 *  A trial is over at once; a test passes for as long as the draft is the one it was made of. */
import { samplesOf } from "./preview.mjs";
import { makeRun } from "./story.mjs";

export function createTrials({ story, ok, page, problem, notFound }) {
  let counter = 1;
  const kept = new Map();

  function of(flow) {
    if (!kept.has(flow.id)) kept.set(flow.id, { samples: {}, tests: [], listening: null });
    return kept.get(flow.id);
  }
  const triggerOf = (flow) => flow.document.nodes.find(({ kind }) => kind === "trigger")?.id;
  const sampleAt = (step, value, more) => ({ step, value, at: new Date().toISOString(), ...more });
  const exampleOf = (flow) => samplesOf(flow.document).find(({ step }) => step === triggerOf(flow));

  function samples(method, flow, [step], body) {
    const own = of(flow).samples;
    if (step === "take") {
      const value = exampleOf(flow)?.value ?? {};
      own[triggerOf(flow)] = sampleAt(triggerOf(flow), value, {
        source: body.connector ? "connector" : body.event ? "event" : "run",
        pinned: false,
      });
    }
    if (step && method === "PUT")
      own[step] = sampleAt(step, body.value, { source: "pinned", pinned: body.pinned });
    if (step && method === "DELETE") {
      delete own[step];
      return { status: 204 };
    }
    const examples = samplesOf(flow.document).filter((one) => !own[one.step]);
    return ok({ items: [...examples, ...Object.values(own)] });
  }

  function events(_method, flow, [id]) {
    const heard = story.runs.filter(({ run }) => run.flow.id === flow.id).slice(0, 5);
    const rows = heard.map(({ run }, at) => ({
      id: `evt_${at}`,
      received_at: run.created_at,
      environment: run.environment,
      source: "stripe",
      business_key: run.business_key,
      run: run.id,
      summary: run.summary,
    }));
    if (!id) return page(rows);
    const found = rows.find((row) => row.id === id);
    return found ? ok({ ...found, body: exampleOf(flow)?.value ?? {} }) : notFound();
  }

  function listening(method, flow) {
    if (method === "DELETE") return { status: 204 };
    const until = new Date(Date.now() + 600_000).toISOString();
    const heard = { id: "lis_1", state: "listening", address: null, hint: "Pay in the shop.", until };
    return ok({ ...heard, event: null, flow: flow.id }, method === "POST" ? 201 : 200);
  }

  function trial(_method, flow, _rest, body) {
    const document = body.document ?? flow.document;
    const step = document.nodes.find(({ id }) => id === body.step);
    if (body.mode !== "whole" && !step)
      return problem(422, "invalid_input", "Not that step", "The flow has no such step.");
    if (body.mode === "look") {
      const url = "https://erp.example.com/api/v2/odata/EPIC06/Erp.BO.SalesOrderSvc/SalesOrders";
      const headers = { Authorization: "Bearer •••• 4242" };
      const request = { method: "POST", url, request_headers: headers, request_body: step.params.input };
      return ok({ exchanges: [request] });
    }
    const missing = Object.entries(document.connections).filter(
      ([, { connector }]) =>
        !story.connections.some((one) => one.connector === connector && one.environment === "sandbox"),
    );
    if (missing.length > 0) {
      const errors = missing.map(([alias]) => ({
        code: "connection_needed",
        pointer: `/connections/${alias}`,
        message: `“${alias}” needs a connection in sandbox, and there is none.`,
        hint: "Add one under Connections.",
      }));
      const first = errors[0];
      return problem(422, "connections_needed", "Connections needed", first.message, first.hint, errors);
    }
    const made = makeRun(900 + counter++, "succeeded", 0, { id: flow.id, name: flow.name });
    Object.assign(made.run, { trial: true });
    story.trials.push(made);
    const pinned = Object.values(of(flow).samples).filter((sample) => sample.pinned);
    return ok({ run: made.run.id, document, answered: pinned.map((sample) => sample.step) }, 202);
  }

  function tests(method, flow, [id], body) {
    const own = of(flow);
    if (id === "run") {
      const wanted = own.tests.filter((test) => !body.tests || body.tests.includes(test.id));
      return ok({ results: wanted.map((test) => resultOf(test, body.document ?? flow.document)) });
    }
    if (!id && method === "GET") return page(own.tests.map(shown));
    if (!id) {
      const made = { id: `tst_${counter++}`, name: body.name, run: body.run, ignored: body.ignored ?? [] };
      own.tests.push({ ...made, nodes: JSON.stringify(flow.document.nodes) });
      return ok(made, 201);
    }
    const test = own.tests.find((one) => one.id === id);
    if (!test) return notFound();
    if (method === "DELETE") {
      own.tests = own.tests.filter((one) => one !== test);
      return { status: 204 };
    }
    return ok(shown(Object.assign(test, method === "PATCH" ? body : {})));
  }

  const shown = ({ nodes, ...test }) => test;
  function resultOf(test, document) {
    const isSame = JSON.stringify(document.nodes) === test.nodes;
    const difference = { step: "customer", pointer: "/output/name", kind: "changed" };
    return {
      test: test.id,
      name: test.name,
      ok: isSame,
      status: "succeeded",
      differences: isSame ? [] : [{ ...difference, expected: "Lena Brandt", actual: "Lena" }],
      steps: Object.fromEntries(document.nodes.map(({ id }) => [id, "succeeded"])),
    };
  }

  return { samples, events, listening, "test-step": trial, tests };
}
