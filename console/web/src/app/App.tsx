/** The page as a whole: its words, its keys, the stream, and signing in where nobody is. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";

import { LiveProvider, useLive, useLiveStore } from "../live/live";
import { NOTHING } from "../live/store";
import { WordsProvider } from "../words/words";
import { KeysProvider } from "./keys";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

/** The page of a link that works once: whoever opens it has no account yet, and follows no stream. */
const SETUP = "/setup";
const SetupPage = lazy(() => import("../pages/security/SetupPage"));

const QUERIES = new QueryClient({
  // A browser that believes to be offline holds requests back, and sends them later unasked: never here.
  defaultOptions: {
    queries: { retry: 1, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  return (
    <WordsProvider>
      <QueryClientProvider client={QUERIES}>
        <KeysProvider>
          {window.location.pathname === SETUP ? (
            <Suspense>
              <SetupPage />
            </Suspense>
          ) : (
            <LiveProvider>
              <SignedInOrNot />
            </LiveProvider>
          )}
        </KeysProvider>
      </QueryClientProvider>
    </WordsProvider>
  );
}

function SignedInOrNot() {
  const store = useLiveStore();
  const signedOut = useLive((live) => live.signedOut);
  const known = useLive((live) => live.who !== null);
  const slow = useIsSlow();
  if (signedOut) return <SignIn onDone={() => store.change(() => NOTHING)} />;
  // Until the stream says who this is there is nothing to show; after a while, Shell says that it is blind.
  return known || slow ? <Shell /> : null;
}

/** Whether the page has waited for longer than a healthy center takes. */
function useIsSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), 1_500);
    return () => window.clearTimeout(timer);
  }, []);
  return slow;
}
