/** The premises that are there to learn at. */
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useMay } from "../../data/may";
import { SCHOOLS } from "./sample";

export function useSchools() {
  const enabled = useMay("registry:read");
  return useQuery({
    queryKey: ["premises", "schools"],
    queryFn: async () => {
      // Ids are listed in their order: the first ones after the beginning itself.
      const query = { after: SCHOOLS, limit: 20 };
      const listed = await answer(api.GET("/api/v1/premises", { params: { query } }));
      return listed.premises.filter((each) => each.id.startsWith(SCHOOLS));
    },
    enabled,
  });
}
