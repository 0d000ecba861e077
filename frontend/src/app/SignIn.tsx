/** The sign-in page, and the overlay that asks again over the page when a session has ended. */
import { Modal } from "@mantine/core";
import type { Session } from "@/api/types";
import { Mark } from "./Mark";
import { SignInForm } from "./SignInForm";
import { useSessionEnd } from "./session";
import classes from "./signin.module.css";

export function SignInPage({ session }: { session: Session }) {
  return (
    <main className={classes.page}>
      <section className={classes.side} aria-hidden>
        <Drawing />
        <p className={classes.promise}>Every event carried to its end. Nothing lost, nothing made twice.</p>
      </section>
      <section className={classes.main}>
        <div className={classes.box}>
          <div className={classes.brand}>
            <Mark size={32} />
            <span>ipaas</span>
          </div>
          <h1 className={classes.title}>Sign in</h1>
          <p className={classes.lead}>to draw, watch and mend your flows</p>
          <SignInForm demo={session.demo} />
        </div>
      </section>
    </main>
  );
}

export function SessionEndOverlay({ session }: { session: Session }) {
  const ended = useSessionEnd((state) => state.ended);
  return (
    <Modal
      opened={ended}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
      zIndex={1000}
    >
      <p className={classes.lead}>Sign in again to go on where you were. Nothing on this page is lost.</p>
      <SignInForm email={session.user?.email} />
    </Modal>
  );
}

function Drawing() {
  const cards = [
    { x: 28, y: 92, text: "Charge", note: "Stripe" },
    { x: 190, y: 40, text: "Customer", note: "Look up" },
    { x: 190, y: 146, text: "Tax", note: "4 rules" },
    { x: 352, y: 92, text: "Sales order", note: "Epicor" },
  ];
  return (
    <svg viewBox="0 0 520 240" className={classes.drawing} role="presentation">
      <path d="M160 118 C172 118 168 66 190 66" className={classes.wire} />
      <path d="M160 118 C172 118 168 172 190 172" className={classes.wire} />
      <path d="M322 66 C334 66 330 118 352 118" className={classes.wire} />
      <path d="M322 172 C334 172 330 118 352 118" className={classes.wire} />
      {cards.map((card) => (
        <g key={card.text} transform={`translate(${card.x} ${card.y})`}>
          <rect width="132" height="52" rx="8" className={classes.card} />
          <circle cx="22" cy="26" r="9" className={classes.dot} />
          <text x="42" y="23" className={classes.cardText}>
            {card.text}
          </text>
          <text x="42" y="39" className={classes.cardNote}>
            {card.note}
          </text>
        </g>
      ))}
    </svg>
  );
}
