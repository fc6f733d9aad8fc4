// A procedure's diagram, to look at.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

for (const place of document.querySelectorAll("[data-diagram]")) {
  const viewer = new NavigatedViewer({ container: place });
  const answer = await fetch(place.dataset.diagram);
  await viewer.importXML(await answer.text());
  viewer.get("canvas").zoom("fit-viewport");
}
