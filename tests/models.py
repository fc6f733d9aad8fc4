"""Small decision models for tests."""

HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" '
)

# Art. 4.1 of the rules: whose preschool class was of the same school has a place.
ADMISSION = """
<inputData id="stays_input" name="stays"><variable name="stays" typeRef="boolean"/>
</inputData>
<inputData id="age_input" name="age"><variable name="age" typeRef="number"/></inputData>
<decision id="way" name="Қабылдау тәсілі">
  <extensionElements><zeebe:properties>
    <zeebe:property name="title.ru" value="Способ приёма"/>
    <zeebe:property name="title.en" value="Way of admission"/>
    <zeebe:property name="norm" value="ADM-4.1"/>
  </zeebe:properties></extensionElements>
  <variable name="Қабылдау тәсілі" typeRef="string"/>
  <informationRequirement><requiredInput href="#stays_input"/></informationRequirement>
  <informationRequirement><requiredInput href="#age_input"/></informationRequirement>
  <decisionTable hitPolicy="UNIQUE">
    <input label="Өз сыныбында қала ма"><inputExpression typeRef="boolean">
      <text>stays</text></inputExpression></input>
    <input label="Жасы"><inputExpression typeRef="number">
      <text>age</text></inputExpression></input>
    <output name="way" typeRef="string"/>
    <annotation name="Негіздеме"/>
    <rule id="own_class"><inputEntry><text>true</text></inputEntry>
      <inputEntry><text>&gt;= 6</text></inputEntry>
      <outputEntry><text>"own class"</text></outputEntry>
      <annotationEntry><text>ADM-4.1 бойынша</text></annotationEntry></rule>
    <rule id="general"><inputEntry><text>false</text></inputEntry>
      <inputEntry><text>&gt;= 6</text></inputEntry>
      <outputEntry><text>"general"</text></outputEntry>
      <annotationEntry><text/></annotationEntry></rule>
    <rule id="too_young"><inputEntry><text>-</text></inputEntry>
      <inputEntry><text>&lt; 6</text></inputEntry>
      <outputEntry><text>"refused"</text></outputEntry>
      <annotationEntry><text/></annotationEntry></rule>
  </decisionTable>
</decision>
"""


def model(
    body: str, namespace: str = "urn:test:admission", name: str = "Test"
) -> bytes:
    return f'{HEAD}namespace="{namespace}" name="{name}">{body}</definitions>'.encode()


def literal(id_: str, text: str, *requires: str, type_: str = "Any") -> str:
    """A decision of one expression; `requires` are ids of inputs and decisions."""
    needs = "".join(
        f'<informationRequirement><required{kind} href="{"" if ":" in href else "#"}'
        f'{href}"/></informationRequirement>'
        for kind, href in (one.split("=") for one in requires)
    )
    written = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<decision id="{id_}" name="{id_}"><variable name="{id_}" typeRef="{type_}"/>'
        f"{needs}<literalExpression><text>{written}</text></literalExpression>"
        "</decision>"
    )


def given(name: str, type_: str = "Any") -> str:
    """An input; its id is `in_` and its name."""
    return (
        f'<inputData id="in_{name}" name="{name}">'
        f'<variable name="{name}" typeRef="{type_}"/></inputData>'
    )


def importing(name: str, namespace: str) -> str:
    kind = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    return f'<import name="{name}" namespace="{namespace}" importType="{kind}"/>'
