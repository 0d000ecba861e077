/** The product's mark. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#4c51d8" />
      <path
        d="M8 10.5h5.2c5 0 4.6 11 9.6 11H24"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="8.6" cy="10.5" r="3" fill="#fff" />
      <circle cx="23.4" cy="21.5" r="3" fill="#fff" />
      <circle cx="23.4" cy="10.5" r="2.1" fill="#b9bcf7" />
    </svg>
  );
}
