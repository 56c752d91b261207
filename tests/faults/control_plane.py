"""Tables that can be changed: the fault server's service, with UpdateTable and all settings.

    server = FaultServer()
    server.service = ControlPlane(steps=3)

Indexes are really created and deleted. Each change takes `steps` looks at the table;
meanwhile the table is UPDATING and refuses others. `stale` calls after a change still show
the table as it was before. What the service refuses is refused by the rule's id.
"""

import copy

from fault_server import ACCOUNT, Refused, Service

CAPACITY = {"BillingMode", "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"}
ALONE = {"StreamSpecification", "SSESpecification", "TableClass", "DeletionProtectionEnabled"}
FLOOR = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}


def invalid(words):
    return Refused("ValidationException", words)


class ControlPlane(Service):
    def __init__(self, steps=2, stale=0):
        super().__init__()
        self.steps, self.stale = steps, stale
        self.plane = {}  # table name to its state
        self.inert = set()  # members of UpdateTable that are accepted, and forgotten
        self.blind = set()  # members of UpdateTable that are not seen at all
        self.pages = 2  # tags a page
        self.stale_tags = 0  # how many readings after a change show the tags before it
        self.replicas = []  # regions

    # --- tables

    def CreateTable(self, request):
        answer = super().CreateTable(request)
        on_demand = request.get("BillingMode") == "PAY_PER_REQUEST"
        table = {
            "TableName": request["TableName"],
            "TableArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{request['TableName']}",
            "TableId": self.tables[request["TableName"]].id,
            "KeySchema": request["KeySchema"],
            "AttributeDefinitions": list(reversed(request["AttributeDefinitions"])),
            "LocalSecondaryIndexes": request.get("LocalSecondaryIndexes", []),
            "GlobalSecondaryIndexes": [],
            "BillingModeSummary": {"BillingMode": request.get("BillingMode", "PROVISIONED")},
            "DeletionProtectionEnabled": False,
        }
        table.update(self.capacity(request, on_demand))
        for index in request.get("GlobalSecondaryIndexes", []):
            shown = {**index, **self.capacity(index, on_demand), "IndexStatus": "ACTIVE"}
            table["GlobalSecondaryIndexes"].append(shown)
        self.plane[request["TableName"]] = {
            "table": table,
            "before": None,  # what stale answers show
            "stale": 0,
            "busy": 0,
            "deleting": None,
            "tags": {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
            "old_tags": {},
            "stale_tags": self.stale_tags,
            "policy": request.get("ResourcePolicy"),
        }
        self.words(self.plane[request["TableName"]], request)
        return answer

    def capacity(self, given, on_demand):
        units = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
        units = {**units, **given.get("ProvisionedThroughput", {})}
        floor = FLOOR if on_demand else dict(zip(FLOOR, units.values()))
        warm = {k: max(v, given.get("WarmThroughput", {}).get(k, 0)) for k, v in floor.items()}
        shown = {"ProvisionedThroughput": units, "WarmThroughput": {**warm, "Status": "ACTIVE"}}
        if "OnDemandThroughput" in given:
            shown["OnDemandThroughput"] = dict(given["OnDemandThroughput"])
        return shown

    def state(self, name):
        self.table(name)
        return self.plane[name]

    def by_arn(self, request):
        return self.state(request["ResourceArn"].rpartition("/")[2])

    def DescribeTable(self, request):
        answer = super().DescribeTable(request)
        state = self.plane[request["TableName"]]
        if state["stale"] > 0:
            state["stale"] -= 1
            return {"Table": {**state["before"], "TableStatus": "ACTIVE"}}
        self.pass_time(state)
        status = answer["Table"]["TableStatus"]
        if status == "ACTIVE" and state["busy"] > 0:
            status = "UPDATING"
        shown = {**copy.deepcopy(state["table"]), "TableStatus": status}
        if self.replicas:
            shown["Replicas"] = [
                {"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in self.replicas
            ]
        return {"Table": shown}

    def pass_time(self, state):
        if state["busy"] == 0:
            return
        state["busy"] -= 1
        if state["busy"] > 0:
            return
        table = state["table"]
        kept = [i for i in table["GlobalSecondaryIndexes"] if i["IndexStatus"] != "DELETING"]
        for index in table["GlobalSecondaryIndexes"]:
            if index not in kept:  # what it was watched by goes with it
                self.tables[table["TableName"]].insights.pop(index["IndexName"], None)
        table["GlobalSecondaryIndexes"] = kept
        for owner in [table, *kept]:
            owner["WarmThroughput"]["Status"] = "ACTIVE"
        for index in kept:
            index["IndexStatus"] = "ACTIVE"
        if "SSEDescription" in table:
            table["SSEDescription"]["Status"] = "ENABLED"
        owners = [table, *kept, *table["LocalSecondaryIndexes"]]
        used = {key["AttributeName"] for owner in owners for key in owner["KeySchema"]}
        table["AttributeDefinitions"] = [  # A234
            a for a in table["AttributeDefinitions"] if a["AttributeName"] in used
        ]

    # --- UpdateTable

    def UpdateTable(self, request):
        self.active_table(request["TableName"])
        if set(request) - self.blind <= {"TableName", "AttributeDefinitions"}:
            raise invalid("At least one of ProvisionedThroughput, BillingMode, ... is required")
        state = self.state(request["TableName"])
        if state["busy"] > 0:
            self.pass_time(state)
            raise Refused("ResourceInUseException", "A240: the table is busy")
        state["before"] = copy.deepcopy(state["table"])
        updates = request.get("GlobalSecondaryIndexUpdates", [])
        purposes = [name for name in ALONE if name in request]
        purposes += [each for each in updates if "Update" not in each]
        if CAPACITY & set(request) or any("Update" in each for each in updates):
            purposes.append("capacity")
        if len(purposes) != 1:
            raise invalid(f"A220, A225, A246: {len(purposes)} purposes")
        if self.inert & {*request, *(kind for each in updates for kind in each)}:
            return {"TableDescription": state["table"]}
        self.change_capacity(state["table"], request, updates)
        for update in updates:
            self.change_index(state["table"], request, update)
        self.words(state, request, update=True)
        state["busy"], state["stale"] = self.steps, self.stale
        return {"TableDescription": {**state["table"], "TableStatus": "UPDATING"}}

    def change_capacity(self, table, request, updates):
        indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
        mode = request.get("BillingMode")
        now = table["BillingModeSummary"]["BillingMode"]
        changes = [(table, request)]
        for update in updates:
            name = update.get("Update", {}).get("IndexName")
            if name is not None and name not in indexes:
                raise invalid(f"A241: no index {name}")
            if name is not None:
                changes.append((indexes[name], update["Update"]))
        if mode == now:
            raise invalid("A220: the mode does not change")
        if mode == "PROVISIONED" and (
            len(changes) != 1 + len(indexes)
            or not all("ProvisionedThroughput" in change for _, change in changes)
        ):
            raise invalid("A238: units are missing")
        if mode is not None:
            table["BillingModeSummary"]["BillingMode"] = now = mode
            for owner in [table, *indexes.values()]:
                owner.pop("OnDemandThroughput", None)
                kept = {"WarmThroughput": owner["WarmThroughput"]}
                owner.update(self.capacity(kept, mode == "PAY_PER_REQUEST"))
        for owner, change in changes:
            self.change_owner(owner, change, now)

    def change_owner(self, owner, change, mode):
        units = change.get("ProvisionedThroughput")
        if units is not None and mode != "PROVISIONED":
            raise invalid("A239: units of an on-demand table")
        if units is not None and units == owner["ProvisionedThroughput"]:
            raise invalid("A237: the units do not change")
        if units is not None:
            owner["ProvisionedThroughput"] = dict(units)
            warm = owner["WarmThroughput"]
            for name, count in zip(FLOOR, units.values()):  # which warms it
                warm[name] = max(warm[name], count)
        for name, value in change.get("OnDemandThroughput", {}).items():
            if mode == "PROVISIONED":
                raise invalid("A130: ceilings of a provisioned table")
            owner.setdefault("OnDemandThroughput", {})[name] = value
        for name, value in change.get("WarmThroughput", {}).items():
            if value < owner["WarmThroughput"][name]:
                raise invalid("A136: lower warm throughput")
            owner["WarmThroughput"].update({name: value, "Status": "UPDATING"})

    def change_index(self, table, request, update):
        ((kind, change),) = update.items()
        indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
        name = change["IndexName"]
        if kind == "Create":
            if name in indexes:
                raise invalid(f"A230: {name} already exists")
            given = {a["AttributeName"]: a for a in request["AttributeDefinitions"]}
            known = {a["AttributeName"]: a for a in table["AttributeDefinitions"]}
            for key in change["KeySchema"]:
                attribute = given.get(key["AttributeName"])
                if attribute is None:
                    raise invalid(f"A231: {key['AttributeName']} is not defined")
                if known.setdefault(key["AttributeName"], attribute) != attribute:
                    raise invalid(f"A233: {key['AttributeName']} has another type")
            table["AttributeDefinitions"] = list(known.values())
            on_demand = table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
            shown = {**change, **self.capacity(change, on_demand), "IndexStatus": "CREATING"}
            table["GlobalSecondaryIndexes"].append(shown)
        if kind == "Delete":
            if name not in indexes:
                raise Refused("ResourceNotFoundException", f"A235: no index {name}")
            indexes[name]["IndexStatus"] = "DELETING"

    def words(self, state, request, update=False):
        table = state["table"]
        stream = request.get("StreamSpecification")
        if stream is not None:
            if update and stream["StreamEnabled"] == ("StreamSpecification" in table):
                raise invalid("A153: the stream is that already")
            table.pop("StreamSpecification", None)
            if stream["StreamEnabled"]:
                table["StreamSpecification"] = stream
        sse = request.get("SSESpecification")
        if sse is not None:
            table.pop("SSEDescription", None)
        if sse is not None and sse["Enabled"]:
            key = sse.get("KMSMasterKeyId", "alias/aws/dynamodb").rpartition("/")[2]
            arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}"
            status = "UPDATING" if update else "ENABLED"
            table["SSEDescription"] = {"Status": status, "KMSMasterKeyArn": arn}
        if "TableClass" in request:
            table["TableClassSummary"] = {"TableClass": request["TableClass"]}
        if "DeletionProtectionEnabled" in request:
            table["DeletionProtectionEnabled"] = request["DeletionProtectionEnabled"]

    # --- settings with calls of their own

    def UpdateTimeToLive(self, request):
        table = self.active_table(request["TableName"])
        wanted = request["TimeToLiveSpecification"]
        if wanted["Enabled"]:
            return super().UpdateTimeToLive(request)
        if table.ttl is None or table.ttl != wanted["AttributeName"]:
            raise invalid("A193, A194: not enabled by this attribute")
        table.ttl, table.ttl_status = None, "DISABLING"
        return {"TimeToLiveSpecification": wanted}

    def UpdateContinuousBackups(self, request):
        if request["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]:
            return super().UpdateContinuousBackups(request)
        table = self.backups_of(request["TableName"])
        table.recovery_days = None
        return self.backups_answer(table)

    def insights_of(self, request):
        table = self.active_table(request["TableName"])
        index = request.get("IndexName")
        indexes = self.plane[request["TableName"]]["table"]["GlobalSecondaryIndexes"]
        if index is not None and index not in {each["IndexName"] for each in indexes}:
            raise Refused("ResourceNotFoundException", f"no index {index}")
        return table, index

    def UpdateContributorInsights(self, request):
        if request["ContributorInsightsAction"] == "ENABLE":
            return super().UpdateContributorInsights(request)
        table, index = self.insights_of(request)
        table.insights.pop(index, None)
        return self.insights_answer(table, index)

    def ListTagsOfResource(self, request):
        state = self.by_arn(request)
        start = int(request.get("NextToken", 0))
        if start == 0:
            state["shown"] = state["old_tags"] if state["stale_tags"] > 0 else state["tags"]
            state["stale_tags"] -= 1
        tags = sorted(state["shown"].items())
        page = tags[start : start + self.pages]
        answer = {"Tags": [{"Key": key, "Value": value} for key, value in page]}
        if start + self.pages < len(tags):
            answer["NextToken"] = str(start + self.pages)
        return answer

    def TagResource(self, request):
        tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        if not tags:
            raise invalid("A171: no tags")
        self.change_tags(request)["tags"].update(tags)
        return {}

    def change_tags(self, request):
        state = self.by_arn(request)
        state["old_tags"], state["stale_tags"] = dict(state["tags"]), self.stale_tags
        return state

    def UntagResource(self, request):
        for key in request["TagKeys"]:
            if key.startswith("aws:"):
                raise invalid("A167: not the user's")
            self.change_tags(request)["tags"].pop(key, None)
        return {}

    def GetResourcePolicy(self, request):
        policy = self.by_arn(request)["policy"]
        if policy is None:
            raise Refused("PolicyNotFoundException", "there is none")
        return {"Policy": policy, "RevisionId": "1"}

    def PutResourcePolicy(self, request):
        self.by_arn(request)["policy"] = request["Policy"]
        return {"RevisionId": "2"}

    def DeleteResourcePolicy(self, request):
        self.by_arn(request)["policy"] = None
        return {}
