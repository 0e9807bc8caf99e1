/** The page as a whole: its words, its keys, the stream, and signing in where nobody is. */
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";

import { LiveProvider, useLive, useLiveStore } from "../live/live";
import { NOTHING } from "../live/store";
import { WordsProvider } from "../words/words";
import { KeysProvider } from "./keys";
import { QUERIES } from "./queries";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

/** The page of a link that works once: whoever opens it has no account yet, and follows no stream. */
const SETUP = "/setup";
const SetupPage = lazy(() => import("../pages/security/SetupPage"));

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
  useAskAnew();
  // Whoever signs in now may be somebody else, who must not see what the one before asked for.
  const begin = () => {
    QUERIES.clear();
    store.change(() => NOTHING);
  };
  if (signedOut) return <SignIn onDone={begin} />;
  // Until the stream says who this is there is nothing to show; after a while, Shell says that it is blind.
  return known || slow ? <Shell /> : null;
}

/** Asks again for all that is shown where the rows came anew: entries were missed, or the center is a restored one. */
function useAskAnew(): void {
  const resets = useLive((live) => live.resets);
  useEffect(() => {
    if (resets > 1) void QUERIES.invalidateQueries();
  }, [resets]);
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
