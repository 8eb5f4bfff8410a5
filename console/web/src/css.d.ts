/** Custom properties that our style sheet reads. */
import "react";

declare module "react" {
  interface CSSProperties {
    "--of"?: number;
  }
}
