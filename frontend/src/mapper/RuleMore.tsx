/** The rarer settings of a rule: only when, what an empty value becomes, and a note. */
import { ActionIcon, Popover, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import type { Rule } from "@/document/types";

const EMPTY = [
  { value: "omit", label: "Leave the field out" },
  { value: "null", label: "Write null" },
  { value: "fail", label: "Fail and name the field" },
];

export function RuleMore(props: { rule: Rule; name: string; onChange: (rule: Rule, field: string) => void }) {
  const { rule, name } = props;
  const isUsed = rule.when !== undefined || rule.on_empty !== undefined || rule.note !== undefined;
  const put = (field: "when" | "on_empty" | "note", value: string) => {
    const { [field]: _, ...rest } = rule;
    props.onChange((value ? { ...rest, [field]: value } : rest) as Rule, field);
  };
  return (
    <Popover width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon aria-label={`More about ${name}`} variant={isUsed ? "light" : "subtle"} title={rule.note}>
          <IconAdjustments size={15} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={10}>
          <TextInput
            label="Only when"
            description="An expression; without it the rule always applies"
            classNames={{ input: "mono" }}
            value={rule.when ?? ""}
            onChange={(event) => put("when", event.currentTarget.value)}
          />
          <Select
            label="When it stays empty"
            data={EMPTY}
            value={rule.on_empty ?? "omit"}
            comboboxProps={{ withinPortal: false }}
            onChange={(value) => put("on_empty", value === "omit" ? "" : (value ?? ""))}
          />
          <Textarea
            label="Note"
            autosize
            minRows={2}
            value={rule.note ?? ""}
            onChange={(event) => put("note", event.currentTarget.value)}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
