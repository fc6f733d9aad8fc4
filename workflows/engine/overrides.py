"""Every name of SpiffWorkflow that this package overrides: its contract with 3.2.0.

Read it before SpiffWorkflow is upgraded: each of these names must still be called when
it was, and do what it did. A test compares the list with the classes.
"""

from collections.abc import Mapping

VERSION = "3.2.0"

OVERRIDDEN: Mapping[str, frozenset[str]] = {
    f"SpiffWorkflow.{path}": frozenset(names.split())
    for path, names in {
        # No prediction, no data on tokens, retired when done.
        "task.Task": """__init__ _add_child _child_added_notify _inherit_data _set_state
            _sync_children cancel children complete error run""",
        # A ready queue instead of walks through the tree.
        "workflow.Workflow": "_task_completed_notify cancel",
        "bpmn.workflow.BpmnWorkflow": """__init__ cancel create_subprocess
            do_engine_steps""",
        "bpmn.util.subworkflow.BpmnSubWorkflow": "__init__ parent_workflow",
        # FEEL instead of Python.
        "bpmn.script_engine.python_engine.PythonScriptEngine": """__init__ evaluate
            execute""",
        # The phases of an element: evaluate first, change after.
        "specs.base.TaskSpec": "_on_cancel _on_ready_hook _predict_hook _run_hook test",
        "specs.StartTask.StartTask": "test",
        "specs.ExclusiveChoice.ExclusiveChoice": "_run_hook",
        "specs.MultiChoice.MultiChoice": "_predict_hook",
        "bpmn.specs.bpmn_task_spec.BpmnTaskSpec": "_on_complete_hook _update_hook",
        "bpmn.specs.control.BpmnStartTask": "__init__",
        "bpmn.specs.bpmn_process_spec.BpmnProcessSpec": "__init__",
        "bpmn.specs.mixins.exclusive_gateway.ExclusiveGateway": "test",
        "bpmn.specs.mixins.script_task.ScriptEngineTask": "_run_hook",
        "bpmn.specs.mixins.subworkflow_task.SubWorkflowTask": """_on_cancel
            _on_subworkflow_completed _update_hook""",
        # Joins count tokens per incoming flow.
        "bpmn.specs.mixins.inclusive_gateway.InclusiveGateway": "_run_hook test",
        "bpmn.specs.mixins.unstructured_join.UnstructuredJoin": """_run_hook
            _update_hook""",
        # Due times on entry, listeners tied to their host, errors outward only.
        "bpmn.specs.mixins.events.event_types.CatchingEvent": """_on_cancel
            _on_ready_hook _predict_hook _run_hook _update_hook""",
        "bpmn.specs.mixins.events.event_types.ThrowingEvent": "_run_hook",
        "bpmn.specs.mixins.events.intermediate_event.EventBasedGateway": """connect
            _predict_hook _run_hook""",
        "bpmn.specs.mixins.events.end_event.EndEvent": "_on_complete_hook",
        "bpmn.specs.event_definitions.item_aware_event.CodeEventDefinition": "throw",
        "bpmn.specs.event_definitions.item_aware_event.ItemAwareEventDefinition": (
            "throw"
        ),
        "bpmn.specs.event_definitions.message.MessageEventDefinition": "__init__",
        "bpmn.specs.event_definitions.simple.TerminateEventDefinition": "throw",
        "bpmn.specs.event_definitions.timer.TimerEventDefinition": "__init__",
        # Two passes, no recursion along the flows.
        "bpmn.parser.BpmnParser.BpmnParser": """OVERRIDE_PARSER_CLASSES
            PROCESS_PARSER_CLASS __init__ _add_correlations _add_data_stores
            _add_diagram_indexes _add_messages""",
        "bpmn.parser.ProcessParser.ProcessParser": "_parse add_tasks create_spec",
        "bpmn.parser.TaskParser.TaskParser": "create_task parse_node",
        "bpmn.parser.node_parser.NodeParser": "bpmn_attributes",
    }.items()
}
