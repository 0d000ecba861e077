/** The whole app: providers, the session gate, and the routes. */
import { Center, createTheme, Loader, MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, Navigate, Outlet, RouterProvider, useParams } from "react-router";
import { ApiProblem } from "@/api/client";
import { SignedIn } from "@/connections/SignedIn";
import { EmptyState, ErrorState } from "@/ui/states";
import { routes } from "./routes";
import { Shell } from "./Shell";
import { SessionEndOverlay, SignInPage } from "./SignIn";
import { useSession } from "./session";
import { TenantProvider } from "./tenant";
import { theme } from "./theme";

export function createQueryClient(): QueryClient {
  const retry = (count: number, error: unknown) =>
    error instanceof ApiProblem ? error.retryable && error.status !== 429 && count < 2 : false;
  return new QueryClient({ defaultOptions: { queries: { retry, refetchOnWindowFocus: true } } });
}

/** Renders its children only for somebody who is signed in. */
export function SessionGate() {
  const session = useSession();
  if (session.isPending) {
    return (
      <Center h="100%">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (session.isError) return <ErrorState error={session.error} onRetry={() => session.refetch()} />;
  if (!session.data.user) return <SignInPage session={session.data} />;
  return (
    <>
      <Outlet />
      <SessionEndOverlay session={session.data} />
    </>
  );
}

function Home() {
  const tenants = useSession().data?.tenants ?? [];
  const first = tenants[0];
  if (first) return <Navigate to={`/t/${first.slug}/flows`} replace />;
  return (
    <EmptyState title="You are not in any tenant yet">
      Ask an administrator to add you, then load this page again.
    </EmptyState>
  );
}

function InTenant() {
  const { tenant: slug } = useParams();
  const tenant = useSession().data?.tenants.find((candidate) => candidate.slug === slug);
  if (!tenant) {
    return (
      <EmptyState title="There is no such tenant">
        It does not exist, or you are not a member. <a href="/">Go to your own</a>.
      </EmptyState>
    );
  }
  return (
    <TenantProvider tenant={tenant} key={tenant.slug}>
      <Shell />
    </TenantProvider>
  );
}

export function createRoutes() {
  return [
    {
      element: <SessionGate />,
      children: [
        { path: "/", element: <Home /> },
        { path: "/signed-in", element: <SignedIn /> },
        { path: "/t/:tenant", element: <InTenant />, children: routes },
        { path: "*", element: <Navigate to="/" replace /> },
      ],
    },
  ];
}

export function Providers({
  client,
  children,
  still,
}: {
  client: QueryClient;
  children: React.ReactNode;
  still?: boolean;
}) {
  const quiet = createTheme({
    components: { Modal: { defaultProps: { transitionProps: { duration: 0 } } } },
  });
  return (
    <MantineProvider
      theme={still ? mergeThemeOverrides(theme, quiet) : theme}
      defaultColorScheme="auto"
      env={still ? "test" : "default"}
    >
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" limit={4} />
        {children}
      </QueryClientProvider>
    </MantineProvider>
  );
}

const client = createQueryClient();

const router = createBrowserRouter(createRoutes());

export function App() {
  return (
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  );
}
