/** The tables of a report. */
import type { ReportTable } from "./report";

export function ReportTables({ tables }: { tables: readonly ReportTable[] }) {
  return (
    <>
      {tables.map((each) => (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, also by keyboard
        <div key={each.table} className="report" tabIndex={0} role="region" aria-label={each.title}>
          <table>
            <caption>{each.title}</caption>
            <thead>
              <tr>
                {each.columns.map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {each.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {each.note === "" ? null : <p className="quiet">{each.note}</p>}
        </div>
      ))}
    </>
  );
}
