/** The look in one place: palette, type, radius and the defaults of the component library. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef0ff",
  "#dfe1fd",
  "#bfc3f9",
  "#a0a5f5",
  "#8188f0",
  "#6b72ea",
  "#5b62e0",
  "#4c51d0",
  "#4044b5",
  "#333795",
];
const dark: MantineColorsTuple = [
  "#e4e5e9",
  "#c3c6cf",
  "#a2a7b3",
  "#7b808d",
  "#373a43",
  "#2b2d34",
  "#212329",
  "#191b1f",
  "#121316",
  "#0c0d0f",
];
const gray: MantineColorsTuple = [
  "#f8f8fa",
  "#f1f2f5",
  "#e6e7ec",
  "#d8dae1",
  "#c2c5cf",
  "#9b9fac",
  "#6a6e7b",
  "#4f535e",
  "#363941",
  "#1c1d22",
];

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue", sans-serif';
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 6 },
  colors: { indigo, dark, gray },
  black: "#1c1d22",
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontFamily: FONT,
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
    },
  },
  defaultRadius: 6,
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "8px", xl: "12px" },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs", radius: 6 }, styles: { root: { fontWeight: 600, fontSize: 13 } } },
    ActionIcon: {
      defaultProps: { variant: "subtle", color: "gray" },
      // Nothing to press is smaller than 24 pixels.
      vars: (_: unknown, { size }: { size?: unknown }) => ({
        root: { "--ai-color": "var(--ink-soft)", ...(size === "sm" && { "--ai-size": "24px" }) },
      }),
    },
    // The component library's own colours of titles are too faint on its light fills.
    Alert: { styles: { title: { color: "var(--ink)" }, label: { color: "var(--ink)" } } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", comboboxProps: { shadow: "md" }, allowDeselect: false } },
    Modal: {
      defaultProps: {
        centered: true,
        closeButtonProps: { "aria-label": "Close" },
        transitionProps: { duration: 120, transition: "pop" },
        overlayProps: { backgroundOpacity: 0.45 },
      },
      styles: { title: { fontWeight: 600, fontSize: 16 } },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, fz: 12 } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    Table: { defaultProps: { verticalSpacing: 9, horizontalSpacing: 12, fz: 14 } },
  },
});
