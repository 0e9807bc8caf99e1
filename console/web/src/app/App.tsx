/** The page as a whole: its words, its keys, the stream, and signing in where nobody is. */
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";

import { navigate } from "wouter/use-browser-location";

import { LiveProvider, useLive, useLiveStore } from "../live/live";
import { NOTHING } from "../live/store";
import { WordsProvider } from "../words/words";
import { KeysProvider } from "./keys";
import { QUERIES } from "./queries";
import { Shell } from "./Shell";

/** The page of a link that works once: whoever opens it has no account yet, and follows no stream. */
const SETUP = "/setup";
const SetupPage = lazy(() => import("../pages/security/SetupPage"));

/** Pages that a link, or an installed page, opens for whoever signs in; from all others they come to the fires. */
const STAYS = /^\/(incidents\/|mine$|start$)/u;

/** A telephone that is signed in does not load it before it shows what burns. */
const loadSignIn = () => import("./SignIn").then(({ SignIn: page }) => ({ default: page }));
const SignIn = lazy(loadSignIn);

/** Milliseconds after which it is loaded all the same: a session may end while the network is bad. */
const SIGN_IN_AFTER = 20_000;

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
  useSignInLater(known);
  // Whoever signs in now may be somebody else, who must not see what the one before asked for.
  const begin = () => {
    if (!STAYS.test(window.location.pathname)) navigate("/");
    QUERIES.clear();
    store.change(() => NOTHING);
  };
  if (signedOut)
    return (
      <Suspense>
        <SignIn onDone={begin} />
      </Suspense>
    );
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

function useSignInLater(known: boolean): void {
  useEffect(() => {
    if (!known) return;
    const timer = window.setTimeout(() => void loadSignIn().catch(() => undefined), SIGN_IN_AFTER);
    return () => window.clearTimeout(timer);
  }, [known]);
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
