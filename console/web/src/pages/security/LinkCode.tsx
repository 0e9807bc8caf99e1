/** The link to an authenticator as a code for its camera. */
import { QRCodeSVG } from "qrcode.react";

import { useWords } from "../../words/words";

/** Modules of white around the code that ISO/IEC 18004 wants: without them cameras do not find it. */
const QUIET_ZONE = 4;

export default function LinkCode({ link }: { link: string }) {
  const { t } = useWords();
  return (
    <figure className="link-code">
      <QRCodeSVG
        value={link}
        size={220}
        level="M"
        marginSize={QUIET_ZONE}
        title={t("desk.security.link_code")}
        role="img"
      />
      <figcaption>{t("desk.security.link_code_help")}</figcaption>
    </figure>
  );
}
