/** Money as people read it: in its own currency with that currency's decimals, right-aligned figures. */

/** How many decimals a currency has (0 for JPY, 3 for KWD); 2 where it is not known. */
export function decimalsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** “1,336.90 USD”; `minor` says that the amount is in the currency's smallest unit, as payment systems count. */
export function moneyText(amount: number | string, currency: string, minor = false): string {
  const code = currency.toUpperCase();
  const digits = decimalsOf(code);
  const value = minor ? Number(amount) / 10 ** digits : Number(amount);
  if (!Number.isFinite(value)) return `${amount} ${code}`;
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text} ${code}`;
}

export function Money(props: { amount: number | string; currency: string; minor?: boolean }) {
  return (
    <span className="tabular" style={{ textAlign: "right", whiteSpace: "nowrap" }}>
      {moneyText(props.amount, props.currency, props.minor)}
    </span>
  );
}
