/** E-mail and password, an error that says what to do, and the demo's people where the server names them. */
import { Alert, Button, PasswordInput, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { ApiProblem, explain } from "@/api/client";
import type { DemoPerson, Session } from "@/api/types";
import { useSignIn } from "./session";
import classes from "./signin.module.css";

export function SignInForm({ demo, email: initial = "" }: { demo?: Session["demo"]; email?: string }) {
  const signIn = useSignIn();
  const [email, setEmail] = useState(initial);
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn(email.trim(), password);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  function choose(person: DemoPerson) {
    setEmail(emailOf(person));
    const known = (typeof person === "object" && person.password) || demo?.password;
    if (known) setPassword(known);
  }

  return (
    <form onSubmit={submit} data-testid="sign-in-form" aria-label="Sign in">
      <Stack gap={14}>
        {problem !== null && <Refusal error={problem} />}
        <TextInput
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          data-testid="sign-in-email"
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-testid="sign-in-password"
        />
        <Button type="submit" size="sm" fullWidth loading={busy} data-testid="sign-in-submit">
          Sign in
        </Button>
        {demo && demo.people.length > 0 && (
          <div className={classes.demo}>
            <p className={classes.demoTitle}>
              Demo sign-ins{demo.password ? "" : " (the password is printed where the server was started)"}
            </p>
            <div className={classes.people}>
              {demo.people.map((person) => (
                <UnstyledButton
                  key={emailOf(person)}
                  className={classes.person}
                  aria-label={`Use ${emailOf(person)}`}
                  onClick={() => choose(person)}
                >
                  <span>{roleOf(person)}</span>
                  <span className="mono faint truncate">{emailOf(person)}</span>
                </UnstyledButton>
              ))}
            </div>
          </div>
        )}
      </Stack>
    </form>
  );
}

function emailOf(person: DemoPerson): string {
  return typeof person === "string" ? person : person.email;
}
function roleOf(person: DemoPerson): string {
  const word =
    typeof person === "string"
      ? person.split("@")[0]
      : (person.name ?? person.role ?? person.email.split("@")[0]);
  return word ? word.charAt(0).toUpperCase() + word.slice(1) : "";
}

function Refusal({ error }: { error: unknown }) {
  const { title, detail, hint } = explain(error);
  const isWrong = error instanceof ApiProblem && [400, 401, 403].includes(error.status);
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" data-testid="sign-in-error">
      {isWrong
        ? detail || "The e-mail or the password is wrong."
        : [title, detail].filter(Boolean).join(". ")}
      {hint && <div>{hint}</div>}
    </Alert>
  );
}
