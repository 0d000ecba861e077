/** A person says what they found in the other system about a write whose answer never came. */
import { Button, Group, Modal, Radio, Select, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useEffects, useRefresh, useTenantPath } from "@/api/queries";
import type { RunDetail } from "@/api/types";
import { CodeEditor } from "@/ui/CodeEditor";
import { JsonView } from "@/ui/JsonView";
import { tellError } from "@/ui/notify";
import { titleOfStep } from "./story";

export function ResolveDialog({
  run,
  opened,
  onClose,
}: {
  run: RunDetail;
  opened: boolean;
  onClose: () => void;
}) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const effects = (useEffects(run.id).data?.items ?? []).filter(({ status }) =>
    ["uncertain", "intended", "sent"].includes(status),
  );
  const [effectId, setEffectId] = useState<string | null>(null);
  const [made, setMade] = useState<"yes" | "no" | null>(null);
  const [output, setOutput] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const effect = effects.find(({ id }) => id === effectId) ?? effects[0];

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!effect || !made) return;
    setBusy(true);
    try {
      const parsed = made === "yes" && output.trim() ? (JSON.parse(output) as unknown) : undefined;
      const body = {
        effect: effect.id,
        made: made === "yes",
        note,
        ...(parsed === undefined ? {} : { output: parsed }),
      };
      await api.post(path(`runs/${run.id}/resolve/`), body);
      await refresh(`runs/${run.id}/`, "runs/", "effects/");
      onClose();
    } catch (error) {
      tellError(error, "It was not resolved");
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title="What happened in the other system?" size="lg">
      <form onSubmit={submit} style={{ display: "grid", gap: 14 }}>
        {effects.length > 1 && (
          <Select
            label="Write"
            data={effects.map((entry) => ({ value: entry.id, label: titleOfStep(run.document, entry.step) }))}
            value={effect?.id ?? null}
            onChange={setEffectId}
          />
        )}
        {effect ? (
          <>
            <p className="soft" style={{ margin: 0 }}>
              “{titleOfStep(run.document, effect.step)}” was sent to {effect.connector} and no answer came.
              Look there for this request:
            </p>
            <JsonView value={effect.request} label="Request" maxHeight={220} />
          </>
        ) : (
          <p className="faint">There is no open write in this run.</p>
        )}
        <Radio.Group
          value={made}
          onChange={(value) => setMade(value as "yes" | "no")}
          label="What did you find?"
        >
          <Radio mt={8} value="yes" label="It was made: go on with it" data-testid="resolve-made" />
          <Radio mt={8} value="no" label="It was not made: make it now" data-testid="resolve-not-made" />
        </Radio.Group>
        {made === "yes" && (
          <div>
            <span style={{ fontWeight: 600, fontSize: 13 }}>What it answered, where later steps need it</span>
            <CodeEditor
              language="json"
              label="What it answered"
              value={output}
              height={110}
              placeholder='{"OrderNum": 5417}'
              onChange={setOutput}
            />
          </div>
        )}
        <Textarea
          label="Note"
          description="Kept in the audit trail"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Not yet
          </Button>
          <Button type="submit" loading={busy} disabled={!effect || !made} data-testid="resolve-confirm">
            Go on
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
