"""The door by which staff, or a machine, push to people or to a topic."""

from rest_framework.request import Request

from core.api import ApiView, Response, idempotent
from core.errors import Invalid
from notifications.api.inputs import PushInput
from notifications.services.pushes_by_staff import Words, push_to_topic, push_to_users
from notifications.services.topics.manage import topic_by_id

PUSHED = {
    "type": "object",
    "properties": {
        "people": {"type": "integer", "description": "How many people it goes to, 0 for a topic"},
        "topic": {"type": "string", "description": "Key of the topic it goes to, or empty"},
    },
    "required": ["people", "topic"],
}


class PushesView(ApiView):
    """A push to up to 500 people on all their devices, or to whoever follows a topic."""

    scopes = {"POST": "notifications:send"}
    input = PushInput
    output = (202, PUSHED)

    @idempotent
    def post(self, request: Request) -> Response:
        """Queued; what became of it on each device is under Deliveries in the admin."""
        given = self.valid()
        words = Words(given["title"], given["body"], given["url"])
        key = f"push:{request.idempotency.token}"  # type: ignore[attr-defined]  # @idempotent
        if bool(given["users"]) == bool(given["topic"]):
            one = ["Name people or a topic, one of the two."]
            raise Invalid("To whom?", details={"users": one, "topic": one})
        if given["topic"]:
            topic = topic_by_id(given["topic"])
            push_to_topic(topic=topic, words=words, dedupe_key=key)
            return Response({"people": 0, "topic": topic.key}, status=202)
        people = push_to_users(user_ids=given["users"], words=words, dedupe_key=key)
        return Response({"people": people, "topic": ""}, status=202)
