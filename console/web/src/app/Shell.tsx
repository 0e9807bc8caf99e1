/** The frame of all pages: the way to each, who is signed in, and how far the screen can be believed. */
import { lazy, Suspense, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";

import { answer, api } from "../api/client";
import { useMay } from "../data/may";
import { useLive } from "../live/live";
import { FireStrip } from "../fires/FireStrip";
import { OverrideBanner } from "../overrides/OverrideBanner";
import { ActsElsewhere } from "../pages/incident/SentActs";
import { Act } from "../parts/Act";
import { Menu } from "../parts/Menu";
import { CenterClock } from "../time/CenterClock";
import { Presence } from "../watch/Presence";
import { TabState } from "../watch/TabState";
import { FireWatch } from "../watch/FireWatch";
import { TrainingLayer } from "../training/TrainingLayer";
import { useWords } from "../words/words";
import { Blindness } from "./Blindness";
import { KeySheet } from "./KeySheet";
import { LanguageChoice } from "./LanguageChoice";
import { useKey } from "./keys";
import { PAGES, pagesFor, type Page } from "./pages";
import { ThemeChoice } from "./ThemeChoice";

/** Of those at a desk: a telephone does not load it. */
const ToneTest = lazy(() => import("../watch/ToneTest"));

export function Shell() {
  const { t } = useWords();
  const attends = useMay("desks:attend");
  const who = useLive((live) => live.who);
  const [here] = useLocation();
  const pages = pagesFor(who);
  return (
    <>
      <a className="skip" href="#content">
        {t("desk.skip")}
      </a>
      <header className="bar">
        <strong>Tocsin</strong>
        <nav aria-label={t("desk.pages.all")}>
          {pages.map((each) => (each.more === true ? null : <PageLink key={each.path} page={each} />))}
          <Menu label={t("desk.pages.more")} className="menu-pages">
            {pages.map((each) => (each.more === true ? <PageLink key={each.path} page={each} /> : null))}
          </Menu>
        </nav>
        <FireWatch />
        <CenterClock />
        <KeySheet />
        <WhoIsHere />
      </header>
      <Blindness />
      {attends ? (
        <Suspense>
          <ToneTest />
        </Suspense>
      ) : null}
      <FireStrip />
      <TrainingLayer />
      <OverrideBanner />
      <ActsElsewhere incident={/^\/incidents\/([^/]+)$/.exec(here)?.[1] ?? null} />
      <main id="content" tabIndex={-1}>
        <Suspense>
          <Switch>
            {PAGES.map((each) => (
              <Route key={each.path} path={each.path} component={each.component} />
            ))}
            <Route>
              <h1>{t("desk.pages.unknown")}</h1>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <Presence />
      <TabState />
    </>
  );
}

function PageLink({ page }: { page: Page }) {
  const { t } = useWords();
  const [here, go] = useLocation();
  useKey(page.go, t(page.title), () => go(page.path));
  return (
    <Link href={page.path} {...(here === page.path ? { "aria-current": "page" as const } : {})}>
      {t(page.title)} <kbd aria-hidden="true">{page.go}</kbd>
    </Link>
  );
}

function WhoIsHere() {
  const { t } = useWords();
  const who = useLive((live) => live.who);
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    setLeaving(true);
    void answer(api.DELETE("/api/v1/session", {})).finally(() => window.location.assign("/"));
  };
  return (
    <Menu label={who?.name ?? t("desk.pages.security")} className="who">
      <LanguageChoice />
      <ThemeChoice />
      <Act label={t("desk.sign_out")} onAct={leave} disabled={leaving} />
    </Menu>
  );
}
