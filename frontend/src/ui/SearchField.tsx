/** The search field above a list. */
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

interface Props {
  label: string;
  value: string;
  onChange: (text: string) => void;
  placeholder?: string;
  width?: number;
  testId?: string;
}

export function SearchField({ label, value, onChange, placeholder = label, width = 260, testId }: Props) {
  return (
    <TextInput
      size="xs"
      w={width}
      leftSection={<IconSearch size={15} />}
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-testid={testId}
    />
  );
}
