export { NewRowPage as default } from "./RowPage";
