from accounts.web.form_fields import FieldsForm
from billing.models import Payer


class PayerForm(FieldsForm):
    class Meta:
        model = Payer
        fields = ["name", "payer_id", "phone"]
        help_texts = {"payer_id": "Its electronic ID at the clearinghouse."}
