/** A body of a request: what it leaves out has its default at the center, though the types name it. */
export function asked<Body extends object>(given: Partial<Body>): Body {
  return given as Body;
}
